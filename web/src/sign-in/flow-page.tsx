/** The one page that all flows share: the lock, the prompt of the moment, and a word of help that is always there. */
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import type { FlowAnswer, Prompt } from '../../../server/src/flows/prompt.ts';
import { fetchAccount, inAccount } from '../account-place.ts';
import type { FlowName, FlowStart } from '../api.ts';
import { go, placeAfterSignIn } from '../navigation.tsx';
import { t } from '../texts.tsx';
import { Shell } from '../ui/shell.tsx';
import { CodesLeft } from './codes-left.tsx';
import { type Flow, useFlow } from './flow.ts';
import { FlowBody } from './flow-body.tsx';

interface FlowPageProps {
  readonly name: FlowName;
  readonly start?: FlowStart;
  /** What is asked before anything is started: nothing starts by opening a page. */
  readonly first?: Prompt;
  /** What stands in its place where a click must come first (a link was opened). */
  readonly gate?: (flow: Flow) => ReactNode;
}

/** Moves on after signing in. There is no way back into the finished flow. */
function leave(): void {
  const place = placeAfterSignIn();
  if (inAccount(place)) go(place, 'replace');
  else window.location.replace(place);
}

/** How many of the two locks are open by now: drawn above the card. */
const locksOpen = (answer: FlowAnswer | null): 0 | 1 | 2 => {
  if (!answer || answer.prompt.ask === 'credentials' || answer.prompt.ask === 'identifier') return 0;
  if (answer.refused?.code === 'denied') return 0;
  return answer.done ? 2 : 1;
};

export function FlowPage({ name, start, first, gate }: FlowPageProps): ReactNode {
  const [left, setLeft] = useState<number>();
  const onDone = useCallback((answer: FlowAnswer) => {
    if (answer.codesLeft !== undefined) setLeft(answer.codesLeft);
    else if (answer.session) leave();
  }, []);
  const flow = useFlow({ name, start, inAddress: true, onDone });
  const underWay = flow.answer !== null && flow.answer.prompt.ask !== 'credentials';
  useEffect(() => {
    // The account is likely next: it is fetched while the person types the code.
    if (underWay) fetchAccount().catch(() => undefined);
  }, [underWay]);
  const body = (): ReactNode => {
    if (flow.loading) return <p className="waiting">{t('app.wait')}</p>;
    if (left !== undefined) return <CodesLeft left={left} onContinue={leave} />;
    if (!flow.answer && gate) return gate(flow);
    return <FlowBody flow={flow} first={first} />;
  };
  return <Shell locks={locksOpen(flow.answer)}>{body()}</Shell>;
}
