/** Makes a flow's answer: what the page shows, and what the transport has to hand over. */
import type { Reveal } from '../factors/factor.ts';
import { drawQr } from '../factors/qr.ts';
import type { FlowRow } from '../storage/tables.ts';
import { markText } from './elsewhere/watch.ts';
import { currentStep, type Finished, type Flow, type Scene } from './flow.ts';
import type { FlowAnswer, Prompt, Refused } from './prompt.ts';

/** What the HTTP surface makes an answer and cookies of. */
export interface FlowResult {
  readonly answer: FlowAnswer;
  readonly transport: 'cookie' | 'token';
  /** The secret that alone continues the flow; only where it was just started. */
  readonly holder?: string;
  readonly finished?: Finished;
  /** Tells whether it has moved since: see `elsewhere/watch.ts`. */
  readonly mark: string;
}

/** What one request adds to what is stored. */
interface Extra {
  readonly refused?: Refused | undefined;
  readonly reveal?: Reveal | undefined;
  readonly finished?: Finished | undefined;
}

/** The answer for a flow as it stands. */
export function answerOf(flow: Flow, row: FlowRow, scene: Scene, extra: Extra = {}): FlowResult {
  const done = row.done_at !== null;
  const step = done ? undefined : currentStep(flow, scene.facts);
  const prompt: Prompt = step ? revealed(step.show(scene), extra.reveal) : { ask: 'done' };
  const session = extra.finished?.session;
  const denied = done && scene.challenges.some((challenge) => challenge.denied);
  const refused: Refused | undefined = denied ? { code: 'denied' } : extra.refused;
  return {
    transport: row.transport,
    mark: markOf(row, scene),
    ...(extra.finished ? { finished: extra.finished } : {}),
    answer: {
      id: row.id,
      flow: row.name,
      step: step?.name ?? 'done',
      prompt,
      ...(refused ? { refused } : {}),
      expiresAt: new Date(row.expires_at).toISOString(),
      done,
      ...(session
        ? {
            session: {
              id: session.id,
              level: session.level,
              expiresAt: new Date(session.expiresAt).toISOString(),
              ...(row.transport === 'token' ? { token: session.token } : {}),
            },
          }
        : {}),
      ...(done && scene.facts.codesLeft !== undefined ? { codesLeft: scene.facts.codesLeft } : {}),
    },
  };
}

function markOf({ version }: FlowRow, { challenges, person }: Scene): string {
  const open = challenges.filter((challenge) => !challenge.denied);
  const answered = open.filter(({ answer }) => answer).length;
  return markText({ version, open: open.length, answered, epoch: person?.user.epoch, ended: false });
}

/** Codes and keys are in the one answer that made them; later the prompt says that they were shown. */
function revealed(prompt: Prompt, reveal: Reveal | undefined): Prompt {
  if (prompt.ask !== 'keep' || !reveal) return prompt;
  return {
    ask: 'keep',
    ...(reveal.codes ? { codes: [...reveal.codes] } : {}),
    ...(reveal.paperKey ? { paperKey: reveal.paperKey, paperKeyQr: drawQr(reveal.paperKey) } : {}),
  };
}
