/** `wait`: for another device, which answers a request or is connected; the page moves on by itself. */
import { type ReactNode, useEffect, useMemo } from 'react';
import { hereTime } from '../../api.ts';
import { useSecondsLeft } from '../../ui/clock.ts';
import { Approval } from '../waiting/approval.tsx';
import { useEvents } from '../waiting/events.ts';
import { Pairing } from '../waiting/pairing.tsx';
import type { PromptProps } from './prompt-props.ts';

export function Wait(props: PromptProps<'wait'>): ReactNode {
  const { prompt, flow } = props;
  const { submit } = flow;
  const { answered = false } = prompt;
  const until = useMemo(() => hereTime(prompt.until), [prompt.until]);
  const left = useSecondsLeft(until);
  useEvents(flow);
  useEffect(() => {
    // Only the browser that asked can collect the answer.
    if (answered) void submit({});
  }, [answered, submit]);
  const state = answered ? 'answered' : left === 0 ? 'over' : 'waiting';
  return prompt.qr === undefined ? (
    <Approval {...props} state={state} until={until} />
  ) : (
    <Pairing {...props} state={state} until={until} />
  );
}
