/** The requests on the page, each until it is put away: what came of one stays to be read. Pure. */
import type { Answered, Request } from '../phone/calls.ts';
import type { Connection } from './listen.ts';

/** `expired`: nobody answered in time; `over`: it ended some other way, or had before. */
export interface Outcome {
  readonly is: Answered['is'] | 'not-me' | 'expired';
  readonly next?: string | undefined;
}

export interface Card {
  readonly device: string;
  readonly request: Request;
  readonly outcome: Outcome | null;
  /** An answer is on its way: whether the request is still listed says nothing until it is back. */
  readonly busy: boolean;
}

export interface Board {
  readonly cards: readonly Card[];
  readonly connections: Readonly<Record<string, Connection>>;
}

export const emptyBoard: Board = { cards: [], connections: {} };

export type Happening =
  | { readonly is: 'listed'; readonly device: string; readonly requests: readonly Request[] }
  | { readonly is: 'connection'; readonly device: string; readonly connection: Connection }
  | { readonly is: 'sending' | 'failed' | 'put-away' | 'expired'; readonly id: string }
  | { readonly is: 'answered'; readonly id: string; readonly outcome: Outcome }
  | { readonly is: 'forgotten'; readonly device: string };

/** Whether somebody still has to answer it. */
export const isOpen = (card: Card): boolean => card.outcome === null;

function listed(cards: readonly Card[], device: string, requests: readonly Request[]): Card[] {
  const there = new Set(requests.map(({ id }) => id));
  const known = new Set(cards.map(({ request }) => request.id));
  const kept = cards.map((card) =>
    card.device !== device || there.has(card.request.id) || card.busy || !isOpen(card)
      ? card
      : { ...card, outcome: { is: 'over' } as const },
  );
  const fresh = requests.filter(({ id }) => !known.has(id));
  return [...fresh.map((request) => ({ device, request, outcome: null, busy: false })), ...kept];
}

const changed = (board: Board, id: string, change: Partial<Card>): Board => ({
  ...board,
  cards: board.cards.map((card) => (card.request.id === id ? { ...card, ...change } : card)),
});

function forgotten(board: Board, device: string): Board {
  const { [device]: _, ...connections } = board.connections;
  return { cards: board.cards.filter((card) => card.device !== device), connections };
}

/** The board after something happened. */
export function boardAfter(board: Board, happening: Happening): Board {
  switch (happening.is) {
    case 'listed':
      return { ...board, cards: listed(board.cards, happening.device, happening.requests) };
    case 'connection':
      return { ...board, connections: { ...board.connections, [happening.device]: happening.connection } };
    case 'sending':
      return changed(board, happening.id, { busy: true });
    case 'failed':
      return changed(board, happening.id, { busy: false });
    case 'answered':
      return changed(board, happening.id, { busy: false, outcome: happening.outcome });
    case 'expired':
      return changed(board, happening.id, { outcome: { is: 'expired' } });
    case 'put-away':
      return { ...board, cards: board.cards.filter(({ request }) => request.id !== happening.id) };
    case 'forgotten':
      return forgotten(board, happening.device);
  }
}
