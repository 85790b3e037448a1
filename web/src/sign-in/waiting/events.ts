/** Follows a flow that something elsewhere moves: told by the server at once, looked up every few seconds where that fails. */
import { useEffect } from 'react';
import type { FlowAnswer } from '../../../../server/src/flows/prompt.ts';
import type { FlowView } from '../flow.ts';

/** How often it is looked up where nothing is told, in milliseconds. */
const lookEvery = 3000;

interface Listener extends Pick<FlowView, 'hear' | 'look'> {
  readonly id: string;
}

/** Follows until the returned function is called. */
function follow({ id, hear, look }: Listener): () => void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const lookings = () => {
    timer ??= setInterval(() => void look(), lookEvery);
  };
  const calm = () => {
    clearInterval(timer);
    timer = undefined;
  };
  if (typeof EventSource !== 'function') {
    lookings();
    return calm;
  }
  const events = new EventSource(`/api/v1/flows/${encodeURIComponent(id)}/events`);
  events.addEventListener('state', ({ data }: MessageEvent<string>) => {
    calm();
    hear(JSON.parse(data) as FlowAnswer);
  });
  events.addEventListener('over', () => {
    events.close();
    void look();
  });
  // The browser connects again by itself, or gives up: either way nothing is missed meanwhile.
  events.addEventListener('error', lookings);
  return () => {
    events.close();
    calm();
  };
}

/** Follows the flow of a page while it is shown, and again at once when the page comes back to the front. */
export function useEvents({ answer, hear, look }: FlowView): void {
  const id = answer?.id;
  useEffect(() => {
    if (id === undefined) return;
    const end = follow({ id, hear, look });
    const back = () => {
      if (document.visibilityState === 'visible') void look();
    };
    document.addEventListener('visibilitychange', back);
    return () => {
      document.removeEventListener('visibilitychange', back);
      end();
    };
  }, [id, hear, look]);
}
