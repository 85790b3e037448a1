import { hashToken } from '../security/tokens.ts';

/** The hash under which a flow keeps its holder's secret. A secret of one transport is worth nothing in the other. */
export const hashOf = (transport: 'cookie' | 'token', secret: string): string => hashToken(`${transport}:${secret}`);
