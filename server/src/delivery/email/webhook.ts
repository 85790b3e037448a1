/** E-mail by a signed webhook: for any service that the operator puts a few lines in front of. */
import type { HttpProvider } from '../call.ts';
import type { Tools } from '../deliver.ts';
import { openWebhook, type WebhookOptions, webhookExample, webhookOptions } from '../webhook.ts';
import { automatic, envelopeOf, headerText } from './address.ts';

/** A signed webhook that is given the mail: addresses, subject, both bodies and the headers to set. */
export const emailWebhook: HttpProvider<WebhookOptions> = {
  name: 'webhook',
  channel: 'email',
  options: webhookOptions,
  open: (options: WebhookOptions, tools: Tools) =>
    openWebhook(options, tools, (message) => {
      const { to, from, messageId } = envelopeOf(message);
      const { subject = '', text, html } = message;
      return {
        to,
        from,
        subject: headerText(subject),
        text,
        ...(html === undefined ? {} : { html }),
        headers: { 'Message-ID': `<${messageId}>`, ...automatic },
      };
    }),
  example: webhookExample,
};
