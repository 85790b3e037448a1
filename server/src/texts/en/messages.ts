/**
 * The messages in English. Each mail with a code says that nobody will ask for it, how long it is good and what to do
 * when one did not ask for it; each notice says what, when, from where and how to object, and carries no code and no
 * link that does anything by itself (NIST SP 800-63B-4 §4.6).
 */

const never = 'Nobody from {service} will ever ask you for this code, by phone, chat or mail. Do not pass it on.';
const terms = 'It is good for {minutes} minutes and for one use.';

const coded = (subject: string, lead: string, unasked: string) => ({
  subject,
  paragraphs: [lead, '{code}', terms, never, unasked],
});

const circumstances = 'When: {when}. Browser: {browser}. Network address: {place}.';
const object =
  'If this was not you, open {origin}/account yourself, by typing the address or from your bookmarks: there you can ' +
  'end all other sessions, change your password and report what is not yours. If you cannot sign in any more, choose “Forgot your password?” ' +
  'on the sign-in page.';
const was = 'If this was you, there is nothing to do.';

/**
 * A text message: what it is for, that nobody asks for it, how long it is good. What does not fit into one segment is
 * left out from the end; the line that binds the code to the origin follows by itself.
 */
const texted = (lead: string) => ({
  paragraphs: [lead, 'Nobody from {service} will ever ask you for it.', 'Good for {minutes} minutes.'],
});

const notice = (subject: string, what: string) => ({ subject, paragraphs: [what, circumstances, was, object] });

/** The texts by key. Other languages have the same keys. */
export const messages = {
  // Nobody reads it where it leaves by Web Push: the phone is told that a request waits, and says so in its own words.
  'push.request': {
    subject: 'A request waits at {service}',
    paragraphs: ['Open {service} on your phone to see what it is for, and answer it there.'],
  },
  'code.registration': coded(
    'Confirm your address for {service}',
    'Somebody, hopefully you, is registering at {service} with this address. This code confirms it:',
    'If you are not registering, ignore this mail: without the code no account is made.',
  ),
  'code.sign-in': coded(
    'Your sign-in code for {service}',
    'This code signs you in at {service}:',
    'If you are not signing in, somebody may know your password: open {origin}/account yourself and change it.',
  ),
  'code.step-up': coded(
    'Confirm that it is you at {service}',
    'Somebody signed in as you wants to do something at {service} that needs another proof. This code gives it:',
    'If you did not ask for anything, open {origin}/account yourself, end all sessions and change your password.',
  ),
  'code.enrolment': coded(
    'Turn on codes by mail at {service}',
    'This code turns on sign-in codes to this address at {service}:',
    'If you did not ask for it, open {origin}/account yourself, end all sessions and change your password.',
  ),
  'code.recovery': {
    subject: 'Get back into your account at {service}',
    paragraphs: [
      'Somebody, hopefully you, cannot sign in at {service} and asked for a way back. Type this code where you asked:',
      '{code}',
      'Or open this page in the browser in which you asked:',
      '{link}',
      'The code is good for {minutes} minutes, the link somewhat longer, and each for one use.',
      'Nobody from {service} will ever ask you for this code or link, by phone, chat or mail. Do not pass it on.',
      'If you did not ask for it, ignore this mail: nothing changes. Your password stays as it is.',
    ],
  },
  'code.address': coded(
    'Confirm your new address at {service}',
    'This code makes this address the one of your account at {service}:',
    'If you did not ask for it, ignore this mail: without the code nothing changes.',
  ),
  'code.password': coded(
    'Confirm your new password at {service}',
    'This code confirms that you want to change your password at {service}:',
    'If you did not ask for it, open {origin}/account yourself, end all sessions and change your password.',
  ),
  'sms.registration': texted('{code} confirms your number at {service}.'),
  'sms.sign-in': texted('{code} signs you in at {service}.'),
  'sms.step-up': texted('{code} confirms that it is you at {service}.'),
  'sms.enrolment': texted('{code} turns on codes to this number at {service}.'),
  'sms.recovery': texted('{code} gets you back into your account at {service}.'),
  'sms.address': texted('{code} confirms your new address at {service}.'),
  'sms.password': texted('{code} confirms your new password at {service}.'),
  'registration.exists': {
    subject: 'You have an account at {service} already',
    paragraphs: [
      'Somebody, hopefully you, tried to register at {service} with this address. There is an account with it already, so nothing was made and nothing has changed.',
      'If it was you, sign in at {origin}. If you do not know your password any more, choose “Forgot your password?” there.',
      'If it was not you, there is nothing to do: whoever it was has not been told that you have an account.',
    ],
  },
  'recovery.nobody': {
    subject: 'Get back into your account at {service}',
    paragraphs: ['There is no account with this address at {service}.'],
  },
  invitation: {
    subject: 'You are invited to {service}',
    paragraphs: [
      '{by} invites you to {service}. Open this page to accept:',
      '{link}',
      'Nothing happens by opening it; you decide there. If you expect no invitation, ignore this mail.',
    ],
  },
  'notice.factor-added': notice(
    'A new way to sign in at {service}',
    'A new way to prove that it is you was added to your account at {service}: {what}.',
  ),
  'notice.factor-removed': notice(
    'A way to sign in was removed at {service}',
    'This way to prove that it is you was removed from your account at {service}: {what}.',
  ),
  'notice.factor-lost': notice(
    'A way to sign in was reported lost at {service}',
    'This was reported lost and stopped at once in your account at {service}: {what}.',
  ),
  'notice.factor-revoked': notice(
    'A way to sign in was revoked at {service}',
    'Whoever runs {service} revoked this for good in your account, and it stopped at once: {what}.',
  ),
  'notice.codes-renewed': notice(
    'New backup codes at {service}',
    'New backup codes were made for your account at {service}. The old ones are worth nothing any more.',
  ),
  'notice.paper-key-used': notice(
    'Your paper key was used at {service}',
    'The paper key of your account at {service} was used. It is worth nothing any more.',
  ),
  'notice.paper-key-renewed': notice(
    'A new paper key at {service}',
    'A new paper key was made for your account at {service}. An older one is worth nothing any more.',
  ),
  'notice.password-changed': notice(
    'Your password was changed at {service}',
    'The password of your account at {service} was changed.',
  ),
  'notice.password-reset': notice(
    'Your password was reset at {service}',
    'Somebody who could not sign in got back into your account at {service} and set a new password. All sessions were ended.',
  ),
  'notice.address-changed': notice(
    'Your address was changed at {service}',
    'The mail address of your account at {service} was changed. Notices go to the new one from now on: {what}.',
  ),
  'notice.new-browser': notice(
    'A sign-in from a new browser at {service}',
    'Somebody signed in to your account at {service} from a browser that was not seen there before.',
  ),
  'notice.sessions-ended': notice(
    'You were signed out at {service}',
    'Sessions of your account at {service} were ended.',
  ),
  'notice.factor-disabled': notice(
    'A way to sign in was stopped at {service}',
    'After too many wrong answers this was stopped in your account at {service}: {what}. It works again once you have proved in another way that it is you.',
  ),
  'notice.denied': notice(
    'A sign-in was refused on your phone at {service}',
    'A request of your account at {service} was refused on your phone, and nobody was let in.',
  ),
  'notice.not-me': {
    subject: 'Set a new password at {service}',
    paragraphs: [
      'On your phone you said of a request at {service} that it was not you. Nobody was let in. Whoever it was knew your password, so it is no longer good enough.',
      circumstances,
      'Set a new one now: choose “Forgot your password?” on the sign-in page. At your next sign-in a new one is asked for in any case.',
      object,
    ],
  },
  'notice.preferred-changed': notice(
    'Another way to sign in comes first at {service}',
    'Your account at {service} now asks for this first at sign-in: {what}.',
  ),
  'notice.preferred-ended': notice(
    'Nothing comes first by choice any more at {service}',
    'Your account at {service} asks for its strongest way first again, and not for this: {what}.',
  ),
  'notice.kept': notice(
    'Another way to sign in is on again at {service}',
    'Your account at {service} can be signed in to with this again, beside what is stronger: {what}.',
  ),
  'notice.kept-ended': notice(
    'A way to sign in is off at {service}',
    'Your account at {service} cannot be signed in to with this any more, because it has something stronger: {what}.',
  ),
} as const;

/** The key of a message. */
export type MessageKey = keyof typeof messages;
