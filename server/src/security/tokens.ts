/** Long random tokens: only their hash is kept, and they are compared without telling how much of them was right. */
import { hash, timingSafeEqual } from 'node:crypto';

const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer');

/**
 * SHA-256 of a token, base64url (43 characters): what is stored and looked up. Only for secrets of 112 bits and more,
 * which need no slow hash (NIST SP 800-63B-4 §3.1.2.2); shorter ones belong to {@link file://./passwords.ts}.
 */
export const hashToken = (token: string): string => hash('sha256', token, 'base64url');

/** Whether two texts are the same, in constant time: over hashes, so that not even the length is told. */
export const sameText = (a: string, b: string): boolean => timingSafeEqual(sha256(a), sha256(b));
