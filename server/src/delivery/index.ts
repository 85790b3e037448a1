/** The providers of every channel, as lists that can be read. */
import { emailProviders } from './email/index.ts';
import { smsProviders } from './sms/index.ts';

/** All providers, by channel; a form for each can be drawn from its options. */
export const providers = { email: emailProviders, sms: smsProviders } as const;
