/** A text of several segments has an id for each: what is told of them becomes one word on the whole message. */
import type { Receipt } from '../../deliver.ts';

interface Whole {
  readonly reference: string;
  readonly open: Set<string>;
  /** Whether the SMSC has taken the last segment: before, all that are known may be there and the message still is not. */
  complete: boolean;
  told: boolean;
}

/** How many long messages are remembered. Codes are one segment: only texts that an operator made long come here. */
const most = 10_000;

/** Joins the receipts of segments. A message of one segment needs none of it. */
export class Parts {
  readonly #wholes = new Map<string, Whole>();

  /** Notes that the SMSC gave `id` to a segment of the message whose first segment is `reference`. */
  add(reference: string, id: string): void {
    const whole = this.#wholes.get(reference) ?? { reference, open: new Set(), complete: false, told: false };
    whole.open.add(id);
    this.#wholes.set(id, whole);
    for (const oldest of this.#wholes.keys()) {
      if (this.#wholes.size <= most) break;
      this.#wholes.delete(oldest);
    }
  }

  /** Says that the SMSC has taken every segment. Gives the receipt if it has delivered them all by then. */
  complete(reference: string): Receipt | undefined {
    const whole = this.#wholes.get(reference);
    if (!whole) return undefined;
    whole.complete = true;
    return this.#ended(whole);
  }

  /** The receipt of the whole message that follows from one of a segment; undefined while others are missing. */
  join(receipt: Receipt): Receipt | undefined {
    const whole = this.#wholes.get(receipt.reference);
    if (!whole) return receipt;
    if (whole.told) return undefined;
    if (receipt.state === 'sent') return { ...receipt, reference: whole.reference };
    if (receipt.state === 'failed') {
      whole.told = true;
      return { ...receipt, reference: whole.reference };
    }
    whole.open.delete(receipt.reference);
    return this.#ended(whole);
  }

  #ended(whole: Whole): Receipt | undefined {
    if (whole.told || !whole.complete || whole.open.size > 0) return undefined;
    whole.told = true;
    return { reference: whole.reference, state: 'delivered' };
  }
}
