/** The providers of every channel, as a list that can be read. */
import { emailProviders } from './email/index.ts';

/** All providers; the console draws a form for each from its options. */
export const providers = [...emailProviders] as const;
