/** The ways to send SMS. A new one is a file beside this and a line here. */
import { kannel } from './kannel.ts';
import { messente } from './messente.ts';
import { smpp } from './smpp.ts';
import { twilio } from './twilio.ts';
import { vonage } from './vonage.ts';
import { smsWebhook } from './webhook.ts';

/** Providers of SMS, by name in the configuration. */
export const smsProviders = [smpp, kannel, twilio, vonage, messente, smsWebhook] as const;
