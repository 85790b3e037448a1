/**
 * Assurance levels, weakest first. A level says how sure the service is that the right person is there; it is never
 * claimed unless it happened. NIST SP 800-63B-4 §2; the `acr` values are `urn:secondlock:acr:<level>`.
 */
export const levels = ['password', 'two-step', 'aal2', 'phishing-resistant', 'aal3'] as const;

/** One of the assurance levels in {@link levels}. */
export type Level = (typeof levels)[number];

/** Whether `reached` is at least as strong as `wanted`. */
export const atLeast = (reached: Level, wanted: Level): boolean => levels.indexOf(reached) >= levels.indexOf(wanted);

/** The weaker of two levels. */
export const weaker = (one: Level, other: Level): Level => (atLeast(one, other) ? other : one);

/** The stronger of two levels. */
export const stronger = (one: Level, other: Level): Level => (atLeast(one, other) ? one : other);
