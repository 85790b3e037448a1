/** What every prompt's page is given. */
import type { Prompt } from '../../../../server/src/flows/prompt.ts';
import type { FlowView } from '../flow.ts';

/** The props of the page for one prompt. `inner`: inside a dialog, where another page is the main thing. */
export interface PromptProps<Ask extends Prompt['ask']> {
  readonly prompt: Extract<Prompt, { ask: Ask }>;
  readonly flow: FlowView;
  readonly inner?: boolean;
}
