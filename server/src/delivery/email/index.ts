/** The ways to send e-mail. A new one is a file beside this and a line here. */
import { smtp } from './smtp.ts';

/** Providers of e-mail, by name in the configuration. */
export const emailProviders = [smtp] as const;
