/** What the authenticator's notifications say. They stand on locked screens: nobody's name, place or number is in them. */
export const notifications = {
  title: 'Is this you?',
  body: 'A sign-in or a change is waiting for your answer.',
};
