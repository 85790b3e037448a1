import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderMessage } from './render.ts';

const service = { name: 'Acme <Mail>', sender: 'no-reply@example.org', origin: 'https://login.example.org' };
const given = { id: 'm1', to: 'ann@example.org', service };
const code = {
  channel: 'email',
  text: 'code.sign-in',
  locale: 'en',
  parameters: { code: '012345', minutes: '5' },
} as const;

test('a mail has a plain text and a page that says the same', () => {
  const mail = renderMessage(code, given);
  assert.equal(mail.subject, 'Your sign-in code for Acme <Mail>');
  assert.deepEqual(mail.from, { name: 'Acme <Mail>', address: 'no-reply@example.org' });
  assert.match(mail.text, /\n\n012345\n\n/);
  assert.match(mail.html ?? '', />012345<\/span>/);
  assert.match(mail.html ?? '', /user-select:all/);
  assert.match(mail.html ?? '', /color-scheme" content="light dark"/);
  assert.match(mail.html ?? '', /https:\/\/login\.example\.org\/account/);
});

test('REC-07 the page loads nothing and runs nothing', () => {
  const { html = '' } = renderMessage(code, given);
  assert.doesNotMatch(html, /<(img|script|link|iframe|style|form)|url\(|@import|\ssrc=/i);
});

test('OOB-10 values are text in the page, never markup', () => {
  const by = '<img src=x onerror=alert(1)>" \'&{{7*7}}';
  const link = 'https://login.example.org/i#a"><script>';
  const { html = '' } = renderMessage({ ...code, text: 'invitation', parameters: { by, link } }, given);
  assert.doesNotMatch(html, /<img|<script|"><s/);
  assert.match(html, /&lt;img src=x onerror=alert\(1\)&gt;&quot; &#39;&amp;\{\{7\*7\}\}/);
  assert.match(html, /href="https:\/\/login\.example\.org\/i#a&quot;&gt;&lt;script&gt;"/);
  assert.match(html, /Acme &lt;Mail&gt;/);
});

test('OOB-10 links and origin come from the service, and the message’s own words win for itself', () => {
  const link = 'https://login.example.org/recover#secret';
  const mail = renderMessage({ ...code, text: 'code.recovery', parameters: { ...code.parameters, link } }, given);
  assert.match(mail.html ?? '', /<a href="https:\/\/login\.example\.org\/recover#secret"/);
  assert.ok(mail.text.includes(link));
  const named = renderMessage({ ...code, parameters: { ...code.parameters, service: 'Panel' } }, given);
  assert.equal(named.subject, 'Your sign-in code for Panel');
});

test('another channel gets text alone, and a hole is an error', () => {
  const sms = renderMessage({ ...code, channel: 'sms', text: 'sms.sign-in' }, { ...given, to: '+14155552671' });
  assert.equal(sms.html, undefined);
  assert.equal(sms.subject, undefined);
  assert.match(sms.text, /^012345 .*\n\n@login\.example\.org #012345$/);
  assert.throws(() => renderMessage({ ...code, parameters: {} }, given), /needs the parameter code/);
});
