/** One house for many tests on each database: making a database costs more than most of what happens in it. */
import { after, before, beforeEach, describe } from 'node:test';
import { type DatabaseName, databases, type House, type HouseOptions, openHouse } from './house.ts';

const untilQuotasBeginAgain = 11 * 60_000;

/** What the tests of one house share. */
export interface Shared extends Omit<HouseOptions, 'on'> {
  readonly on?: readonly DatabaseName[];
}

/** Describes `part` on each database; `body` is given how to reach the house, which is open while its tests run. */
export function inHouse(
  part: string,
  body: (house: () => House) => void,
  { on = databases, ...how }: Shared = {},
): void {
  for (const database of on) {
    describe(`${part}, on ${database}`, () => {
      let open: (House & AsyncDisposable) | undefined;
      const house = (): House => {
        if (!open) throw new Error('the house is open only while its tests run');
        return open;
      };
      before(async () => {
        open = await openHouse({ on: database, ...how });
      });
      // Messages on request are limited by source and window, and all of a house's people come from one address.
      beforeEach(() => house().clock.advance(untilQuotasBeginAgain));
      after(() => open?.[Symbol.asyncDispose]());
      body(house);
    });
  }
}
