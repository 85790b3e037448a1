/** The test of every journey: a server of its own, and mails that are waited for. */
import { test as base, expect as baseExpect } from '@playwright/test';
import { type Mail, type Server, startServer } from './server.ts';

/** A server with what a journey needs of it. */
export interface House extends Server {
  /** Waits for the next mail to an address that says `about`; a mail is handed out once. */
  readonly nextMail: (address: string, about?: RegExp) => Promise<Mail>;
  /** The code in the next mail that holds one. */
  readonly nextCode: (address: string) => Promise<string>;
}

/** A machine with much else to do is slow, and that is no failure: what is waited for may take this long. */
const patience = { expect: 45_000, action: 45_000, test: 300_000 };

export const expect = baseExpect.configure({ timeout: patience.expect });

const codeIn = /(?<!\d)(\d{6})(?!\d)/;

function withMails(server: Server): House {
  const seen = new Set<string>();
  const nextMail = async (address: string, about = /./): Promise<Mail> => {
    let found: Mail | undefined;
    await expect(async () => {
      const fresh = (await server.mailsTo(address)).filter((mail) => !seen.has(mail.at + mail.text));
      found = fresh.find((mail) => about.test(`${mail.subject}\n${mail.text}`));
      expect(found, `a mail to ${address} about ${about}`).toBeTruthy();
    }).toPass({ timeout: patience.expect });
    if (!found) throw new Error('no mail');
    seen.add(found.at + found.text);
    return found;
  };
  return {
    ...server,
    nextMail,
    nextCode: async (address) => {
      const code = codeIn.exec((await nextMail(address, codeIn)).text)?.[1];
      if (code === undefined) throw new Error('no code in the mail');
      return code;
    },
  };
}

/** A test with a house. `settings` go into the server's environment. */
export const test = base.extend<{ settings: Record<string, string>; house: House }>({
  settings: [{}, { option: true }],
  actionTimeout: patience.action,
  house: async ({ settings }, use, info) => {
    info.setTimeout(patience.test);
    const server = await startServer(settings);
    await use(withMails(server));
    await server.stop();
  },
});
