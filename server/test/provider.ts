/** What a provider is given in a test of its own. */
import type { Receipt, Tools } from '../src/delivery/deliver.ts';
import { systemRandom } from '../src/security/random.ts';

/** Tools for a provider under test; receipts go into `receipts`. */
export const toolsOf = (name: string, changed: Partial<Tools> = {}, receipts: Receipt[] = []): Tools => ({
  name,
  fetch,
  now: Date.now,
  random: systemRandom,
  receiptUrl: '',
  onReceipt: (receipt) => void receipts.push(receipt),
  log: { info: () => {}, warn: () => {}, error: () => {} },
  ...changed,
});
