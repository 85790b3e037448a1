/** The ways to send e-mail. A new one is a file beside this and a line here. */
import { mailgun } from './mailgun.ts';
import { smtp } from './smtp.ts';
import { emailWebhook } from './webhook.ts';

/** Providers of e-mail, by name in the configuration. */
export const emailProviders = [smtp, mailgun, emailWebhook] as const;
