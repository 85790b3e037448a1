/** SMS by a signed webhook: for any gateway that the operator puts a few lines in front of. */
import type { z } from 'zod';
import type { HttpProvider } from '../call.ts';
import type { Tools } from '../deliver.ts';
import { openWebhook, webhookExample, webhookOptions } from '../webhook.ts';
import { numberOf, senderId } from './number.ts';

const smsWebhookOptions = webhookOptions.extend({
  from: senderId.optional().describe('The sender to show, handed on in the body.'),
});

/** Options of {@link smsWebhook}. */
export type SmsWebhookOptions = z.infer<typeof smsWebhookOptions>;

/** A signed webhook that is given number and text. */
export const smsWebhook: HttpProvider<SmsWebhookOptions> = {
  name: 'webhook',
  channel: 'sms',
  options: smsWebhookOptions,
  open: (options: SmsWebhookOptions, tools: Tools) =>
    openWebhook(options, tools, (message) => ({
      to: numberOf(message),
      ...(options.from === undefined ? {} : { from: options.from }),
      text: message.text,
    })),
  example: webhookExample,
};
