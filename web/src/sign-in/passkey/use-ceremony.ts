/** A ceremony on a page: one at a time, its trouble told, its credential sent, broken off where the page is left. */
import { useEffect, useRef, useState } from 'react';
import type { FlowView } from '../flow.ts';
import type { Ceremony, Options, Trouble } from './ceremony.ts';

/** What went wrong on the browser's side. */
export interface Told {
  readonly what: Exclude<Trouble, undefined>;
  /** Tells one from the next. */
  readonly at: number;
}

/** A page's ceremonies. */
export interface Ceremonies {
  readonly asking: boolean;
  readonly trouble: Told | undefined;
  /** Begins one with the options of the moment. `byItself`: nobody has clicked for it. */
  readonly run: (start: (options: Options) => Ceremony, how?: { readonly byItself: boolean }) => Promise<void>;
  /** What was told is over: something else is being done. */
  readonly forget: () => void;
}

/** A browser that wants a click first says no at once; nobody has cancelled anything then, in milliseconds. */
const atOnce = 400;

/** How long options are good, less the time to send the answer. */
function goodUntil(options: Options | undefined, since: number): number {
  const timeout = Number(options?.timeout);
  return Number.isFinite(timeout) ? since + timeout - 10_000 : Number.POSITIVE_INFINITY;
}

/**
 * Options that the server still takes, or undefined where there are none. `renew` asks for new ones where these are too
 * old, so that a page that was open over lunch works as if it had just been opened.
 */
async function fresh(
  flow: FlowView,
  { renew, options, since }: { renew: () => Promise<unknown>; options: Options | undefined; since: number },
): Promise<Options | undefined> {
  if (options && flow.fault?.refused?.code !== 'expired' && Date.now() < goodUntil(options, since)) return options;
  await renew();
  return optionsIn(flow);
}

function optionsIn(flow: FlowView): Options | undefined {
  const prompt = flow.promptNow();
  if (prompt?.ask === 'credentials') return prompt.passkey;
  return prompt && 'options' in prompt && !Array.isArray(prompt.options) ? prompt.options : undefined;
}

/** The ceremonies of a page whose prompt carries these options. */
export function useCeremonies(flow: FlowView, options: Options | undefined, renew: () => Promise<unknown>): Ceremonies {
  const [asking, setAsking] = useState(false);
  const [trouble, setTrouble] = useState<Told>();
  const under = useRef<{ ceremony?: Ceremony; gone: boolean; busy: boolean }>({ gone: false, busy: false });
  const since = useRef({ options, at: Date.now() });
  if (since.current.options !== options) since.current = { options, at: Date.now() };
  useEffect(() => {
    const here = under.current;
    here.gone = false;
    return () => {
      here.gone = true;
      here.ceremony?.stop();
    };
  }, []);
  const run: Ceremonies['run'] = async (start, { byItself } = { byItself: false }) => {
    const here = under.current;
    if (here.busy || flow.busy) return;
    here.busy = true;
    setAsking(true);
    setTrouble(undefined);
    try {
      const good = await fresh(flow, { renew, options, since: since.current.at });
      // Where there are none, the flow has told why.
      if (!good || here.gone) return;
      const began = Date.now();
      here.ceremony = start(good);
      const ended = await here.ceremony.ended;
      if (here.gone) return;
      if ('credential' in ended) await flow.submit({ credential: ended.credential });
      else if (ended.trouble && !(byItself && Date.now() - began < atOnce)) {
        setTrouble({ what: ended.trouble, at: Date.now() });
      }
    } finally {
      here.busy = false;
      setAsking(false);
    }
  };
  return { asking, trouble, run, forget: () => setTrouble(undefined) };
}
