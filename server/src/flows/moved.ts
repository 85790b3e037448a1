/** A swap that was lost: something moved between reading and writing, so the answer is judged once more. */
export class Moved extends Error {}
