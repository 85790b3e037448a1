/**
 * The two ceremonies of WebAuthn, as the pages go through them. The library is fetched when the first one starts, so that
 * it costs nothing to whom types a password.
 */
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';

/** Options as a prompt carries them. */
export type Options = Readonly<Record<string, unknown>>;

/** Why there is no credential, as far as a browser tells; undefined where the page itself broke it off. */
export type Trouble = 'cancelled' | 'there-already' | 'unable' | 'wrong-address' | 'failed' | undefined;

/** How a ceremony ended. */
export type Ended = { readonly credential: Record<string, unknown> } | { readonly trouble: Trouble };

/** One that is under way. */
export interface Ceremony {
  readonly ended: Promise<Ended>;
  /** Breaks it off, unless a later one has done so already. */
  readonly stop: () => void;
}

/** Where a new key is to be: in this device, or in another that is plugged in, held to it or scanned with. */
export type Where = 'here' | 'elsewhere' | 'anywhere';

const troubles: Readonly<Record<string, Trouble>> = {
  // Browsers say the same of a refusal, of a time that is over and of a key that is not there (WebAuthn L3 §14.5.1).
  NotAllowedError: 'cancelled',
  InvalidStateError: 'there-already',
  NotSupportedError: 'unable',
  ConstraintError: 'unable',
  SecurityError: 'wrong-address',
  AbortError: undefined,
};

const nameOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : '');

type Library = typeof import('@simplewebauthn/browser');

let latest = 0;

/** One ceremony at a time: a browser shows one, and the library breaks off the last where the next begins. */
function begin(run: (library: Library) => Promise<object>): Ceremony {
  latest += 1;
  const mine = latest;
  const fetched = import('@simplewebauthn/browser');
  const ended = fetched
    .then((library): Promise<object> | undefined => (mine === latest ? run(library) : undefined))
    .then((made): Ended => (made ? { credential: { ...made } } : { trouble: undefined }))
    .catch((thrown: unknown): Ended => {
      const name = nameOf(thrown);
      return { trouble: name in troubles ? troubles[name] : 'failed' };
    });
  const stop = () => {
    if (mine !== latest) return;
    latest += 1;
    void fetched.then(({ WebAuthnAbortService }) => mine + 1 === latest && WebAuthnAbortService.cancelCeremony());
  };
  return { ended, stop };
}

/** Asks for a proof. `fill`: only where the person picks a passkey in the address field. */
export const askForKey = (options: Options, how: { readonly fill: boolean }): Ceremony =>
  begin(({ startAuthentication }) =>
    startAuthentication({
      optionsJSON: options as unknown as PublicKeyCredentialRequestOptionsJSON,
      useBrowserAutofill: how.fill,
    }),
  );

/** Where the browser looks first; `hints` is for newer browsers, the attachment for all. */
const places: Readonly<Record<Where, { readonly attachment?: AuthenticatorAttachment; readonly hints: string[] }>> = {
  here: { attachment: 'platform', hints: ['client-device'] },
  elsewhere: { attachment: 'cross-platform', hints: ['security-key', 'hybrid'] },
  anywhere: { hints: ['security-key', 'hybrid', 'client-device'] },
};

/** Makes a key. */
export function createKey(options: Options, where: Where): Ceremony {
  const { attachment, hints } = places[where];
  const asked = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  const authenticatorSelection = {
    ...asked.authenticatorSelection,
    ...(attachment ? { authenticatorAttachment: attachment } : {}),
  };
  return begin(({ startRegistration }) =>
    startRegistration({
      optionsJSON: { ...asked, authenticatorSelection, hints } as PublicKeyCredentialCreationOptionsJSON,
    }),
  );
}
