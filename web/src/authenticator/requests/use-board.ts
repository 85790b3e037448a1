/** The accounts that this phone is connected to, and what waits in each. */
import { useEffect, useReducer, useState } from 'react';
import { answer, tellSubscription } from '../phone/calls.ts';
import { type Device, forgetDevice, isTold, keepDevice, keptDevices } from '../phone/device.ts';
import { putNotificationAway, tellWhenHidden } from '../phone/notify.ts';
import type { Decision } from '../phone/signed-texts.ts';
import { type Board, boardAfter, type Card, emptyBoard, isOpen } from './cards.ts';
import { listen } from './listen.ts';

export interface Phone extends Board {
  /** `null` until they are read; `unreadable` where the browser keeps nothing for this page. */
  readonly devices: readonly Device[] | null | 'unreadable';
  readonly open: number;
  readonly add: (device: Device) => Promise<void>;
  readonly forget: (device: Device) => Promise<void>;
  /** Rejects where the answer did not get through. */
  readonly answer: (card: Card, decision: Decision, number?: string) => Promise<void>;
  readonly putAway: (card: Card) => void;
  readonly expire: (card: Card) => void;
}

const none: readonly Device[] = [];

export function usePhone(): Phone {
  const [devices, setDevices] = useState<Phone['devices']>(null);
  const [board, happen] = useReducer(boardAfter, emptyBoard);
  const list = Array.isArray(devices) ? (devices as readonly Device[]) : none;
  const open = board.cards.filter(isOpen).length;
  const read = () => keptDevices().then(setDevices, () => setDevices('unreadable'));
  useEffect(() => void keptDevices().then(setDevices, () => setDevices('unreadable')), []);
  useEffect(() => {
    const stops = list.map((device) =>
      listen(device, {
        onRequests: (requests) => happen({ is: 'listed', device: device.id, requests }),
        onConnection: (connection) => happen({ is: 'connection', device: device.id, connection }),
      }),
    );
    return () => {
      for (const stop of stops) stop();
    };
  }, [list]);
  useEffect(() => {
    if (open > 0) tellWhenHidden();
    else putNotificationAway();
  }, [open]);
  return {
    ...board,
    devices,
    open,
    add: async (device) => {
      await keepDevice(device);
      await read();
    },
    forget: async (device) => {
      // No message shall come for what is forgotten; where the server is out of reach, it finds out itself.
      if (await isTold(device.id)) await tellSubscription(device, null).catch(() => undefined);
      await forgetDevice(device.id);
      happen({ is: 'forgotten', device: device.id });
      await read();
    },
    answer: async ({ device: id, request }, decision, number) => {
      const device = list.find((one) => one.id === id);
      if (!device) return;
      happen({ is: 'sending', id: request.id });
      try {
        const { is, next } = await answer(device, request.id, decision, number);
        const outcome = { is: decision === 'not-me' && is === 'denied' ? ('not-me' as const) : is, next };
        happen({ is: 'answered', id: request.id, outcome });
      } catch (thrown) {
        happen({ is: 'failed', id: request.id });
        throw thrown;
      }
    },
    putAway: ({ request }) => happen({ is: 'put-away', id: request.id }),
    expire: ({ request }) => happen({ is: 'expired', id: request.id }),
  };
}
