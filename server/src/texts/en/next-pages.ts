/** What the pages after the first one of a flow say: fetched with them. Keys are the pages' own. */
export const nextPages = {
  'passkey-create.title': 'Create a passkey',
  'passkey-create.what':
    'A passkey is a key that your device keeps for {service} alone, so no false page can trick it out of you.',
  'passkey-create.lead-here':
    'You confirm with what unlocks this device: your fingerprint, your face or a PIN. None of them ever leaves it.',
  'passkey-create.lead-elsewhere':
    'This device cannot keep one itself. A security key that you plug in can, and so can your phone: scan what the browser shows.',
  'passkey-create.here': 'Create a passkey',
  'passkey-create.elsewhere': 'Use a security key or a phone',
  'passkey-create.other': 'Use a security key or another device',
  'passkey-use.title': 'Use your passkey',
  'passkey-use.lead': 'Confirm with your fingerprint, your face or a PIN, or touch your security key.',
  'passkey-use.go': 'Use the passkey',
  'passkey-use.again': 'Try again',

  'wait.title': 'Approve it on your phone',
  'wait.lead': 'Open the request from {service} on your phone and type this number there.',
  'wait.number': 'The number is {number}',
  'wait.left': '{time} left',
  'wait.over': 'Nobody answered in time, so the request was closed. You need not type anything again.',
  'wait.approval.waiting': 'Waiting for your phone…',
  'wait.approval.answered': 'Your phone has answered. One moment…',
  'wait.approval.over': 'The time is up.',
  'wait.again': 'Ask my phone again',
  'wait.resend': 'Nothing on your phone? Ask again',
  'wait.resend-in': 'Ask again in {time}',
  'wait.resent': 'Your phone was asked again. The number is new.',
  'wait.pairing.waiting': 'Waiting for your phone…',
  'wait.pairing.answered': 'Your phone is there. One moment…',
  'wait.pairing.over': 'The time is up: this picture no longer works.',

  'connect.title': 'Connect your phone',
  'connect.http':
    'You are at {origin}, which is not https. A real phone needs an https address; to try this out, open the link in another window of this machine.',
  'connect.scan': 'Scan this picture with your phone’s camera',
  'connect.qr.alt': 'QR code that connects your phone. The same as a link is next to it.',
  'connect.link': 'On the phone already, or cannot scan? Open this link',
  'connect.link.what': 'the link',
  'connect.connect': 'Tap “Connect this phone” there',
  'connect.connect.hint': 'Allow notifications if it asks, so that requests reach you.',
  'connect.return': 'Come back here: this page goes on by itself',
  'connect.again': 'Show a new picture',

  'denied.title': 'The request was refused on the phone',
  'denied.lead': 'Nothing was opened. If it was you who asked, begin again and look for the new request.',
  'denied.again': 'Begin again',
  'denied.not-you': 'You did not ask? Then somebody may know your password:',
  'denied.password': 'set a new one',

  'help.title': 'How does this work?',
  'help.sent': 'The code does not come?',
  'help.email':
    'The mail takes a minute at most. Look in the spam folder too.\nCheck that the address above is yours.\nStill nothing? Send a new code. Only the newest one works.',
  'help.sms':
    'The message takes half a minute at most. Check that your phone has a signal.\nCheck that the number above is yours.\nStill nothing? Send a new code. Only the newest one works.',
  'help.totp':
    'Open the authenticator app on your phone and find {service}. Its digits change every 30 seconds.\nMore than one entry? Use the one with your address.\nNot taken? Let your phone set its clock by itself, then type the next digits.',
  'help.token':
    'A hardware token is a small device with a display, often on a key ring.\nNot taken? Press its button again, or wait for the next digits.\nStill not? Get in another way and choose “Resynchronise” on your account page.\nA pale or empty display means that the battery is at its end: ask for a new token.',
  'help.yubikey':
    'Plug the key in, or hold it to the back of your phone.\nClick into the field, then touch the gold disc for a second. The key types the code and sends it.\nNothing, or strange letters? Touch it for longer, and set your keyboard to Latin letters.',
  'help.backup-codes':
    'Ten short codes that you saw once, when you turned on your second step.\nLook among your papers, in your password manager, and in your downloads for a file that ends in “recovery.txt”.\nEach works once: cross out what you used.',
  'help.paper-key':
    'One long key that you saw once, when you turned on your second step.\nLook among your documents, and in your downloads for a file that ends in “recovery.txt”.\nIt works once. You get a new one right away.',
  'help.other': 'Type the code that your device shows, or that was sent to you. Only the newest one works.',
  'help.passkey':
    'Your browser shows where your passkeys are: on this device, on a phone, or on a security key.\nOn a phone? Choose it in the browser’s list and scan what it shows; Bluetooth must be on.\nA security key? Plug it in or hold it to the phone, and touch it when it blinks.\nThe browser shows nothing? Close its other windows that ask for a passkey, and try again.',
  'help.passkey.create':
    'Nothing to remember and nothing to type: you unlock it as you unlock the device.\nMany devices copy passkeys to your others, as passwords are. Security keys keep them to themselves.\nAdd a second one later, so that one lost device does not lock you out.',
  'help.push':
    'Open {service}’s page on the phone that you connected: the request is there.\nNothing there? Check that the phone is online, load its page again, then ask again.\nA request that you did not begin? Refuse it: whoever asks has your password, so set a new one.',
  'help.push.pair':
    'Your phone opens a page of {service}. There is nothing to install; put it on your home screen to find it again.\nThe picture works once, for ten minutes.\nFrom then on, your phone shows who signs in and from where, and you type a number there to allow it.',
  'help.scan-and-code':
    'The app shows digits that change every 30 seconds. It gets its key from this picture, once.\nOnly a link appears? Begin in the app: choose “add” or the plus sign, then scan.\nDigits not taken? Let your phone set its clock by itself, then type the next ones.',
  'help.phone':
    'Any mobile number of your own that gets text messages. Spaces and hyphens do not matter.\nThe number begins with a plus and your country’s code: +1, +44, +49 …\nWe use it for codes only.',
  'help.serial':
    'The number stands on the back of the token. Type it as it is printed.\nThen press the button: the token shows the digits that we ask for next.\nYou have no token? Choose another way, or ask whoever runs {service} for one.',

  'scan.title': 'Connect your app',
  'scan.app': 'Have an authenticator app',
  'scan.app.hint': 'Any of them works. You may have one already.',
  'scan.app.which': 'Which apps?',
  'scan.app.ios': 'App Store',
  'scan.app.android': 'Google Play',
  'scan.app.built-in': 'Already on iPhone, iPad and Mac',
  'scan.store': '{app} in the {store}',
  'scan.qr': 'Scan this picture with it',
  'scan.qr.alt': 'QR code that connects your authenticator app. The same as text is next to it.',
  'scan.open': 'Open in your app',
  'scan.key': 'Cannot scan? Type this key',
  'scan.code': 'Type the code it shows',
  'scan.submit': 'Connect',

  'keep.title': 'Keep these safe',
  'keep.lead': 'They let you in when your phone is gone. They are shown this once.',
  'keep.codes': 'Backup codes',
  'keep.codes.for': 'Each code replaces your second step once. Keep them within reach, for example in your wallet.',
  'keep.paper-key': 'Paper key',
  'keep.paper-key.for':
    'With your password, it gets you in when everything else is lost, once. Print it and keep it with your documents.',
  'keep.not-where': 'Not beside your password: whoever finds both is you.',
  'keep.successor.title': 'Your next paper key',
  'keep.successor.lead': 'The one you just used is dead. This one takes its place and is shown this once.',
  'keep.qr.alt': 'QR code of the paper key. The same as text is next to it.',
  'keep.download': 'Download',
  'keep.print': 'Print',
  'keep.submit': 'I have kept them',
  'keep.submit-key': 'I have kept it',
  'keep.shown.title': 'They were shown once',
  'keep.shown.lead':
    'For your safety nobody can show them again. If you kept them, go on. If not, make new ones: the unseen ones never become valid.',
  'keep.renew': 'Make new ones',
  'keep.file': '{service} – keep this away from your password',
  'keep.file.for': 'Account: {identifier}',
  'keep.file.made': 'Made: {date}',
  'keep.file.name': '{service}-recovery.txt',

  'strength.0': 'Very weak',
  'strength.1': 'Weak',
  'strength.2': 'Not there yet',
  'strength.3': 'Strong',
  'strength.4': 'Very strong',
  'strength.empty': 'Strength shows as you type',

  'done.title': 'Done',
  'done.lead': 'That is all.',
  'done.recovery.title': 'Your password is changed',
  'done.recovery.lead': 'Everyone signed in to your account was signed out. Sign in with the new password now.',
  'done.recovery.go': 'Sign in',
  'done.signing-in': 'You are in',
} as const;
