/** Passkeys in the address field: the browser offers them among what it fills in (WebAuthn L3, conditional mediation). */
import { useEffect } from 'react';
import type { FlowView } from '../flow.ts';
import { fillsIn } from './able.ts';
import { askForKey, type Options } from './ceremony.ts';

/** How long before its end a flow is replaced, in milliseconds: whoever picks a passkey then is in time. */
const ahead = 15_000;

/** Starts the flow by itself where its passkey options are of use, and starts it anew before they are too old. */
function usePrepared(flow: FlowView): void {
  const { prepare, answer, endsAt } = flow;
  const started = answer !== null;
  useEffect(() => {
    if (started) return;
    let left = false;
    void fillsIn().then((able) => {
      if (able && !left) void prepare();
    });
    return () => {
      left = true;
    };
  }, [started, prepare]);
  useEffect(() => {
    if (endsAt === undefined) return;
    const timer = setTimeout(() => void prepare(), Math.max(0, endsAt - ahead - Date.now()));
    return () => clearTimeout(timer);
  }, [endsAt, prepare]);
}

/** Waits for a passkey to be picked in the address field, while `open` and nothing else is being answered. */
export function useFillIn(flow: FlowView, options: Options | undefined, open: boolean): void {
  usePrepared(flow);
  const { submit, busy } = flow;
  const waits = open && !busy;
  useEffect(() => {
    if (!options || !waits) return;
    let left = false;
    let stop = (): void => undefined;
    void fillsIn().then((able) => {
      if (!able || left) return;
      const ceremony = askForKey(options, { fill: true });
      stop = ceremony.stop;
      void ceremony.ended.then((ended) => {
        // What goes wrong here was not asked for by a click; the button beneath says it in words.
        if (!left && 'credential' in ended) void submit({ credential: ended.credential });
      });
    });
    return () => {
      left = true;
      stop();
    };
  }, [options, waits, submit]);
}
