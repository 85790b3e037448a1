/** Pages and phones that wait: they hear of each change at once, see a sign of life, and hear the end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factorOf, reportLost } from '../../account.ts';
import type { Browser } from '../../browser.ts';
import { Events } from '../../events.ts';
import { type House, openHouse } from '../../house.ts';
import { asked, enterPassword, register, stepUp } from '../../people.ts';
import { phoneEvents, type Shown } from '../../phone.ts';
import { inHouse } from '../../shared-house.ts';
import { askPhone, beginPairing, numberIn, pairPhone, withPhone } from './phones.ts';

type State = Awaited<ReturnType<typeof enterPassword>>;

const eventsOf = async (browser: Browser, flow: { readonly id: string }): Promise<Events> =>
  new Events(await browser.open('GET', `/api/v1/flows/${flow.id}/events`));

/** What is told of a flow within the time that a page of another process may take to hear of it. */
async function within<T>(ms: number, heard: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing was told within ${ms} ms`)), ms);
  });
  return Promise.race([heard, late]).finally(() => clearTimeout(timer));
}

/** Three seconds on a machine that does much else; how fast it is, the hard tests measure. */
const soon = 3000;

inHouse('a page that waits', (house) => {
  test('PUSH-08 hears of the approval at once, collects it, and its stream ends with the sign-in', async () => {
    const ada = await withPhone(house());
    const { browser, flow, number } = await askPhone(house(), ada);
    await using events = await eventsOf(browser, flow);
    const first = asked(await events.take<State>('state'), 'wait');
    assert.deepEqual([first.number, first.answered], [number, undefined]);
    await ada.phone.approve(number);
    assert.equal(asked(await within(soon, events.take<State>('state')), 'wait').answered, true);
    await browser.answer(flow, {});
    const last = await within(soon, events.take<State>('state'));
    assert.deepEqual([last.done, last.session, asked(last, 'done').ask], [true, undefined, 'done']);
    assert.equal(await events.next(), undefined);
  });

  test('PUSH-03 hears that a wrong number ended the request', async () => {
    const ada = await withPhone(house());
    const { browser, flow, number } = await askPhone(house(), ada);
    await using events = await eventsOf(browser, flow);
    await events.take('state');
    await ada.phone.approve(`${number}00`);
    asked(await within(soon, events.take<State>('state')), 'choose');
  });

  test('PUSH-04 hears that a newer request took its place', async () => {
    const ada = await withPhone(house());
    const { browser, flow } = await askPhone(house(), ada);
    await using events = await eventsOf(browser, flow);
    await events.take('state');
    await askPhone(house(), ada);
    asked(await within(soon, events.take<State>('state')), 'choose');
  });

  test('ENR-02 hears that a phone was paired, and is the one that takes it', async () => {
    const ada = await register(house(), 'nothing');
    const { flow, uri } = await beginPairing(ada.browser);
    await using events = await eventsOf(ada.browser, flow);
    assert.equal(asked(await events.take<State>('state'), 'wait').uri, uri);
    await using other = await eventsOf(ada.browser, flow);
    await other.take('state');
    const { phone } = await withPhone(house());
    await phone.pair(uri);
    for (const stream of [events, other]) {
      assert.equal(asked(await within(soon, stream.take<State>('state')), 'wait').answered, true);
    }
  });

  test('SES-01 ends with the session that its flow belongs to, and with whatever raises its user’s epoch', async () => {
    const ada = await register(house());
    await pairPhone(house(), ada);
    await stepUp(ada.browser, ada);
    const { body: step } = await ada.browser.start('step-up');
    await using ofSession = await eventsOf(ada.browser, step);
    await ofSession.take('state');
    const stranger = house().browser();
    const flow = await enterPassword(stranger, ada);
    await using ofSignIn = await eventsOf(stranger, flow);
    await ofSignIn.take('state');
    await reportLost(ada.browser, (await factorOf(ada.browser, 'push')).id);
    await within(soon, ofSignIn.take('over'));
    assert.equal(await ofSignIn.next(), undefined);
    const bob = await register(house());
    const { body: next } = await bob.browser.start('step-up');
    await using ofBob = await eventsOf(bob.browser, next);
    await ofBob.take('state');
    assert.ok((await bob.browser.call('POST', '/api/v1/account/sign-out', {})).status < 300);
    await within(soon, ofBob.take('over'));
    assert.equal(await ofBob.next(), undefined);
  });

  test('PUSH-04 the phone’s page hears of each request and of its end, and of nothing in between', async () => {
    const ada = await withPhone(house());
    const open = await ada.phone.browser.open('GET', phoneEvents, undefined, {
      authorization: ada.phone.eventsHeader(),
    });
    await using events = new Events(open);
    const list = async () => (await within(soon, events.take<{ requests: Shown[] }>('requests'))).requests;
    assert.deepEqual(await list(), []);
    const { browser, flow, number } = await askPhone(house(), ada);
    const [request] = await list();
    assert.equal(request?.account, ada.address);
    await ada.phone.answer({ request: request?.id ?? '', number });
    assert.deepEqual(await list(), []);
    await browser.answer(flow, {});
    await askPhone(house(), ada);
    assert.equal((await list()).length, 1);
  });
});

test('PUSH-08 a page in another process hears of the approval as well', async () => {
  await using house: House & AsyncDisposable = await openHouse({ on: 'postgres' });
  await using other = await openHouse({ like: house });
  const ada = await withPhone(house);
  const { browser, flow, number } = await askPhone(other, ada, other.browser());
  await using events = await eventsOf(browser, flow);
  await events.take('state');
  assert.equal((await ada.phone.approve(number)).body.is, 'approved');
  assert.equal(asked(await within(soon, events.take<State>('state')), 'wait').answered, true);
  assert.equal(numberIn((await browser.get<State>(`/api/v1/flows/${flow.id}`)).body), number);
  assert.equal((await browser.answer(flow, {})).body.done, true);
});
