import { kindOf } from '../../factors/index.ts';
import type { FactorRow } from '../../storage/tables.ts';
import type { Way } from '../prompt.ts';

/** Factors as the chooser shows them; destinations are masked, and only a first proof makes them visible (OOB-05). */
export const waysTo = (factors: readonly FactorRow[]): Way[] =>
  factors.map((factor) => ({
    factorId: factor.id,
    kind: factor.kind,
    label: factor.label,
    hint: factor.hint,
    ...serialOf(factor),
  }));

/** The serial number of a factor that is a hardware token: what tells it from an app on a phone. */
const serialOf = ({ kind, lookup }: Pick<FactorRow, 'kind' | 'lookup'>): { serial?: string } =>
  kindOf(kind).token && lookup !== null ? { serial: lookup } : {};
