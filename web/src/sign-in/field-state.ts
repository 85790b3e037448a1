/** One field of a prompt: its text, where it is on the page, and what is missing in it. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { FlowView } from './flow.ts';

export interface FieldState {
  readonly value: string;
  readonly set: (value: string) => void;
  readonly input: RefObject<HTMLInputElement | null>;
  readonly missing: string | undefined;
  /** Whether there is something to send; if not, it says so at the field. */
  readonly filled: (otherwise: string) => boolean;
}

/** A field's state. */
export function useField(initial = ''): FieldState {
  const [value, setValue] = useState(initial);
  const [missing, setMissing] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  return {
    value,
    input,
    missing,
    set: (next) => {
      setValue(next);
      setMissing(undefined);
    },
    filled: (otherwise) => {
      if (value.trim() !== '') return true;
      setMissing(otherwise);
      input.current?.focus();
      return false;
    },
  };
}

/** Puts the cursor into a field when its prompt is shown, and selects what is in it when it was refused. */
export function useFieldFocus(input: RefObject<HTMLInputElement | null>, flow: FlowView): void {
  useEffect(() => {
    input.current?.focus({ preventScroll: true });
  }, [input]);
  useRefusedFocus(input, flow);
}

/** Selects what is in a field when it was refused. */
export function useRefusedFocus(input: RefObject<HTMLInputElement | null>, { fault }: FlowView): void {
  useEffect(() => {
    if (!fault?.refused || fault.byKey) return;
    input.current?.focus();
    input.current?.select();
  }, [fault, input]);
}
