/** A small drawing of what a way lives in; the operator's own picture of it where there is one. */
import type { ReactNode } from 'react';
import type { Factor } from '../data.ts';

type Drawing = 'phone' | 'computer' | 'cloud' | 'key' | 'letter';

/** Lines on a ground of 24 by 24. */
const drawings: Readonly<Record<Drawing, readonly string[]>> = {
  phone: [
    'M8 2.5h8a1.5 1.5 0 0 1 1.5 1.5v16a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 20V4A1.5 1.5 0 0 1 8 2.5z',
    'M11 18.5h2',
  ],
  computer: ['M5 4.5h14a1 1 0 0 1 1 1v9.5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5.5a1 1 0 0 1 1-1z', 'M2 19.5h20'],
  cloud: ['M7 18.5a4 4 0 0 1-.6-7.96 5.6 5.6 0 0 1 10.9-1.1A4.6 4.6 0 0 1 17 18.5z'],
  key: ['M8 16a4.5 4.5 0 1 1 4.3-5.8H21v3.3h-2.5v2.5h-3.3v-2.5h-2.9A4.5 4.5 0 0 1 8 16z', 'M7.5 11.5h.01'],
  letter: ['M4 5.5h16a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1z', 'M3.5 7l8.5 6.5L20.5 7'],
};

/** What is drawn for a way that says nothing itself: most are on a phone. */
const byKind: Readonly<Record<string, Drawing>> = { email: 'letter', hotp: 'key', yubikey: 'key', passkey: 'key' };

function drawingOf({ kind, look, serial }: Factor): Drawing {
  if (look) return look.category;
  return serial === undefined ? (byKind[kind] ?? 'phone') : 'key';
}

export function MethodPicture({ factor }: { factor: Factor }): ReactNode {
  const { light, dark } = factor.look?.icon ?? {};
  const own = light ?? dark;
  if (own !== undefined) {
    return (
      <picture className="method-picture">
        {dark !== undefined && <source media="(prefers-color-scheme: dark)" srcSet={dark} />}
        <img src={own} alt="" width="24" height="24" />
      </picture>
    );
  }
  return (
    <span className="method-picture">
      <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
        {drawings[drawingOf(factor)].map((line) => (
          <path key={line} d={line} />
        ))}
      </svg>
    </span>
  );
}
