/** A flow as a page or a dialog shows it: the prompt of the moment, whichever it is. */
import { type ReactNode, Suspense, useEffect } from 'react';
import type { Prompt } from '../../../server/src/flows/prompt.ts';
import { t } from '../texts.tsx';
import { Heading } from '../ui/heading.tsx';
import { Expiry } from './expiry.tsx';
import type { FlowView } from './flow.ts';
import { Progress } from './progress.tsx';
import { fetchLater, pageOf } from './prompts/index.ts';

interface FlowBodyProps {
  readonly flow: FlowView;
  /** What is asked before the flow is started. */
  readonly first?: Prompt;
  readonly inner?: boolean;
}

/** Where nothing is lost when the time is up: the first page starts anew by itself, and the last one is the end. */
const unhurried: readonly Prompt['ask'][] = ['credentials', 'done'];

/** Tells one showing of a prompt from the next, so that each begins empty while a refused one keeps what was typed. */
function showing(flow: FlowView, prompt: Prompt, first: Prompt | undefined): string {
  // The first prompt is the same before and after the start: what was typed stays when it is refused.
  if (prompt.ask === first?.ask) return 'first';
  const detail = 'kind' in prompt ? `${prompt.kind}/${'factorId' in prompt ? prompt.factorId : ''}` : '';
  const part = 'part' in prompt ? prompt.part : '';
  return [flow.answer?.id, flow.answer?.step, prompt.ask, detail, part].join('/');
}

export function FlowBody({ flow, first, inner }: FlowBodyProps): ReactNode {
  const prompt = flow.answer?.prompt ?? first;
  const { busy } = flow;
  useEffect(() => {
    // Likely next. Some browsers never again try what they once failed to fetch, so without a network it is not tried.
    if (busy && navigator.onLine) fetchLater().catch(() => undefined);
  }, [busy]);
  if (!prompt) return null;
  const Page = pageOf(prompt.ask);
  if (!Page) {
    return (
      <>
        <Heading focus inner={inner}>
          {t('app.unknown-step.title')}
        </Heading>
        <p className="lead">{t('app.unknown-step.lead')}</p>
      </>
    );
  }
  return (
    <div className="step" key={showing(flow, prompt, first)}>
      <Progress flow={flow.name} prompt={prompt} />
      <Suspense fallback={<p className="waiting">{t('app.wait')}</p>}>
        <Page prompt={prompt} flow={flow} inner={inner} />
      </Suspense>
      {!unhurried.includes(prompt.ask) && <Expiry flow={flow} />}
    </div>
  );
}
