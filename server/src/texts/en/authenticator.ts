/** What the phone's authenticator page says. Keys are the page's own; `{…}` is filled in by it. */
export const authenticator = {
  'phone.name': 'authenticator',
  'phone.nav': 'Authenticator',
  'phone.requests': 'Requests',
  'phone.codes': 'Codes',
  'phone.waiting': 'waiting',
  'phone.scan': 'Scan a QR code',
  'phone.paste': 'Paste the link',
  'phone.cancel': 'Cancel',
  'phone.back': 'Back',
  'phone.unreadable':
    'This browser keeps nothing for this page. Leave the private window, or allow site data in the browser’s settings, then load the page again.',

  'place.no-https':
    'This cannot work here: browsers give keys, camera and notifications only to pages that come over https. Open https://{host}/authenticator, or ask whoever runs this service for the https address.',
  'place.localhost':
    'This page comes from this very machine, so it works on this machine alone. A real phone needs the server’s https address.',

  'install.title': 'Keep it at hand',
  'install.lead': 'Install {service} like an app: it opens faster, and the browser does not clear away what it keeps.',
  'install.do': 'Install',
  'install.apple':
    'Tap the share button, then “Add to Home Screen”. Connect this phone and add your codes inside the installed app: it keeps its own, apart from this page.',

  'requests.none.title': 'Approve with this phone',
  'requests.none.one': 'On your computer, open your account at {service} and choose “Add another way”.',
  'requests.none.two': 'Choose to approve on a phone. A QR code appears.',
  'requests.none.three': 'Scan it here.',
  'requests.quiet.title': 'Nothing is waiting',
  'requests.quiet.lead': 'When you sign in, the request appears here. Keep this page open, or turn on notifications.',
  'requests.off.title': 'No connection',
  'requests.off.lead': 'Requests cannot reach this phone right now. This page keeps trying by itself.',
  'requests.waiting': { one: 'One request is waiting for your answer.', other: '{count} requests are waiting.' },
  'requests.more': 'Connect another account',

  'connection.connecting': 'Connecting…',
  'connection.on': 'Listening',
  'connection.off': 'No connection, trying again',
  'connection.gone': 'No longer connected',
  'accounts.title': 'Connected accounts',

  'forget.short': 'Forget',
  'forget.of': 'Forget {account} at {service} on this phone',
  'forget.title': 'Forget this account on this phone?',
  'forget.lead':
    'Requests for {account} no longer reach this phone. This only clears the phone: to remove it from your account at {service}, open your account page there and remove it under “Ways to sign in”.',
  'forget.do': 'Forget on this phone',

  'gone.title': 'This phone is no longer connected',
  'gone.lead':
    '{service} does not know this phone for {account} any more: it was removed or reported lost. To use it again, sign in on your computer, open your account page, and scan a new QR code.',
  'gone.again': 'Scan a new QR code',

  'notify.title': 'Be told at once',
  'notify.ask':
    'With notifications you see a request even when this page is closed. They say only that something waits: no names, no places, no numbers. Without them, keep this page open while you sign in.',
  'notify.do': 'Turn on notifications',
  'notify.off': 'Notifications are off',
  'notify.refused':
    'You turned them off for this site. Keep this page open while you sign in, or allow them in the browser’s settings.',
  'notify.cannot': 'This browser offers none to this page. Keep this page open while you sign in: all else works.',
  'notify.apple':
    'On iPhone and iPad they come once the page is on your Home Screen. Until then, keep this page open while you sign in.',
  'notify.failed':
    'They are allowed, but the browser could not reach its push service. Keep this page open while you sign in; it tries again the next time you open it.',

  'pair.title': 'Connect this phone',
  'pair.lead':
    'From then on you can approve sign-ins to your account at {service} with it. Only go on if you have just scanned the QR code on your own account page.',
  'pair.do': 'Connect this phone to {host}',
  'pair.not-now': 'Not now',
  'pair.done': 'This phone now approves sign-ins for {account} at {service}.',
  'pair.over.title': 'This QR code no longer works',
  'pair.over.lead':
    'Each works once and for ten minutes, and the link must be whole. Show a new one on your account page and scan it.',
  'pair.fault.network': 'The server cannot be reached. Check your connection and try again.',
  'pair.fault.other': 'That did not work. Try again, or show a new QR code on your account page.',

  'paste.title': 'Paste the link',
  'paste.lead':
    'Below the QR code on your account page stands a link. Copy it, send it to yourself, and paste it here.',
  'paste.link': 'Link from your account page',

  'camera.title': 'Scan the QR code',
  'camera.lead-requests': 'Point the camera at the QR code on your account page.',
  'camera.lead-codes': 'Point the camera at the QR code that the website shows for authenticator apps.',
  'camera.picture': 'What the camera sees',
  'camera.starting': 'Starting the camera…',
  'camera.looking': 'Looking for a QR code. Hold the phone still, a hand’s length away.',
  'camera.refused':
    'The camera is not allowed here. Allow it for this site in the browser’s settings, or go on without it.',
  'camera.none': 'No camera was found. You can go on without one.',
  'camera.failed': 'The camera cannot be used right now: perhaps another app has it. Close that app, or go on without.',
  'camera.unknown': 'This is neither a code for authenticator apps nor a link to connect this phone.',
  'camera.elsewhere': 'This link belongs to {host}. Open its own page on this phone and scan it there.',

  'request.is-sign-in': 'Sign-in',
  'request.is-change': 'Not a sign-in: a change',
  'request.sign-in.title': 'Are you signing in?',
  'request.step-up.title': 'Confirm a change to your account?',
  'request.recovery.title': 'Set a new password?',
  'request.password.title': 'Change your password?',
  'request.address.title': 'Change your e-mail address?',
  'request.enrolment.title': 'Add a new way to sign in?',
  'request.other.title': 'Confirm this: {purpose}?',
  'request.service': 'Service',
  'request.account': 'Account',
  'request.at': 'Time',
  'request.place': 'Place',
  'request.address': 'Address',
  'request.browser': 'Browser',
  'request.unknown': 'Unknown',
  'request.only-if': 'Approve only if you are signing in yourself, right now. Nobody will ever tell you the number.',
  'request.only-if-change':
    'Approve only if you began this yourself, right now. Signing in never asks this, and nobody will ever tell you the number.',
  'request.number': '{digits}-digit number from the sign-in page',
  'request.number-change': '{digits}-digit number from the page where you began',
  'request.number-missing': 'Type all {digits} digits of the number.',
  'request.approve': 'Approve',
  'request.deny': 'Deny',
  'request.not-me': 'This was not me',
  'request.ends-in': 'Ends in {time}',
  'request.ends-soon': 'This request ends in less than 20 seconds.',
  'request.fault.network':
    'The server cannot be reached, so nothing was answered. Check your connection and try again.',
  'request.fault.not-signed-in': 'This phone is no longer connected, so nothing was answered.',
  'request.fault.wrong-time': 'The clock of this phone is wrong. Let the phone set it by itself, then try again.',
  'request.fault.other': 'That did not work, so nothing was answered. Try again.',

  'result.approved.title': 'Approved',
  'result.approved.lead': 'Go on where you are signing in.',
  'result.approved-change.lead': 'Go on where you began this.',
  'result.denied.title': 'Denied',
  'result.denied.lead': 'Nobody got in. If you are asked again and it is not you, choose “This was not me”.',
  'result.denied-change.lead':
    'Nothing was changed. If you are asked again and it is not you, choose “This was not me”.',
  'result.wrong.title': 'That was not the number',
  'result.wrong.lead':
    'For your safety this request is over, and nobody got in. If it was you, begin again where you are signing in.',
  'result.wrong-change.lead':
    'For your safety this request is over, and nothing was changed. If it was you, begin again.',
  'result.over.title': 'This had ended before',
  'result.over.lead': 'It was answered elsewhere, cancelled, or took too long. If it was you, begin again.',
  'result.expired.title': 'The time is up',
  'result.expired.lead':
    'Nobody answered in time, so nobody got in. If it was you, begin again where you are signing in.',
  'result.expired-change.lead': 'Nobody answered in time, so nothing was changed. If it was you, begin again.',
  'result.not-me.title': 'Stopped. Nobody got in',
  'result.not-me.lead':
    'We have told whoever looks after {service}. Somebody may know the password of {account}: set a new one now, so that it is of no use to them.',
  'result.next': 'Set a new password',
  'result.close': 'OK',

  'codes.none.title': 'Codes for signing in, even offline',
  'codes.none.lead':
    'Any website that offers an “authenticator app” shows a QR code. Scan it here, and this phone shows the digits it asks for. They are kept on this phone only.',
  'codes.more': 'Add another code',
  'codes.type': 'Type the key',
  'codes.added': 'Added: {name}',
  'codes.there-already': 'This code is here already: {name}',
  'codes.unnamed': 'Code without a name',
  'codes.what': 'the code of {name}',
  'codes.left': 'Changes in',
  'codes.seconds': '{left} s',
  'codes.issuer': 'Service',
  'codes.account': 'Account',
  'codes.rename': 'Rename',
  'codes.rename.of': 'Rename {name}',
  'codes.rename.title': 'Rename this code',
  'codes.rename.do': 'Save',
  'codes.remove': 'Remove',
  'codes.remove.of': 'Remove {name}',
  'codes.remove.title': 'Remove the code of {name}?',
  'codes.remove.lead':
    'The key is deleted from this phone and is kept nowhere else. First turn the authenticator app off at {name}, or you may lock yourself out.',
  'codes.remove.do': 'Remove the code',

  'type.title': 'Type the key',
  'type.lead': 'Beside the QR code stands a key of letters and digits. Capitals, spaces and hyphens do not matter.',
  'type.key': 'Key, or the whole otpauth link',
  'type.wrong': 'This is not a key: it has only the letters A to Z and the digits 2 to 7. Check it and try again.',
  'type.more': 'More settings',
  'type.algorithm': 'Hash',
  'type.digits': 'Digits',
  'type.period': 'Changes every',
  'type.seconds': '{seconds} seconds',
  'type.do': 'Add the code',
  'otpauth.not-otpauth': 'This is no link for authenticator apps. Scan the QR code again, or type the key.',
  'otpauth.counter':
    'This key is for codes that count presses. This page shows codes that change with time: choose those on the website.',
  'otpauth.export': 'This is another app’s export. Add each account by the QR code that its own website shows.',
  'otpauth.no-key': 'There is no readable key in it. Show the QR code again, or type the key.',
  'otpauth.settings': 'It asks for settings that this page does not know. Use another authenticator app for it.',
};
