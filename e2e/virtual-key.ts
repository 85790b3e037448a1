/** Authenticators that the browser plays: a device with a fingerprint, a security key, an old one. */
import type { CDPSession, Page } from '@playwright/test';

interface Kind {
  readonly protocol: 'ctap2' | 'u2f';
  readonly transport: 'internal' | 'usb';
  /** Whether it keeps keys that say themselves whose they are. */
  readonly hasResidentKey: boolean;
  readonly hasUserVerification: boolean;
  readonly isUserVerified?: boolean;
  readonly defaultBackupEligibility?: boolean;
  readonly defaultBackupState?: boolean;
}

/** A laptop or phone that its owner unlocks. */
export const device: Kind = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
};

/** The same, with passkeys that are copied to the owner's other devices. */
export const syncedDevice: Kind = { ...device, defaultBackupEligibility: true, defaultBackupState: true };

/** A security key with a PIN. */
export const securityKey: Kind = { ...device, transport: 'usb' };

/** A security key that only asks for a touch, of before FIDO2. */
export const oldKey: Kind = { protocol: 'u2f', transport: 'usb', hasResidentKey: false, hasUserVerification: false };

/** One that is plugged in. */
export class VirtualKey {
  readonly #session: CDPSession;
  readonly #authenticatorId: string;

  private constructor(session: CDPSession, authenticatorId: string) {
    this.#session = session;
    this.#authenticatorId = authenticatorId;
  }

  static async plugIn(page: Page, kind: Kind): Promise<VirtualKey> {
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable', { enableUI: false });
    const options = { ...kind, automaticPresenceSimulation: true };
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', { options });
    return new VirtualKey(session, authenticatorId);
  }

  /** Whether its owner unlocks it; a device that is not unlocked confirms nothing. */
  unlocked(isUserVerified: boolean): Promise<unknown> {
    return this.#session.send('WebAuthn.setUserVerified', { authenticatorId: this.#authenticatorId, isUserVerified });
  }

  /** Whether somebody touches it as soon as it asks. */
  touched(enabled: boolean): Promise<unknown> {
    const authenticatorId = this.#authenticatorId;
    return this.#session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
  }

  /** How many keys are in it. */
  async count(): Promise<number> {
    const authenticatorId = this.#authenticatorId;
    const { credentials } = await this.#session.send('WebAuthn.getCredentials', { authenticatorId });
    return credentials.length;
  }

  async unplug(): Promise<void> {
    const authenticatorId = this.#authenticatorId;
    await this.#session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
  }
}
