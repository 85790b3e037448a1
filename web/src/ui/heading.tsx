/** The heading of a step. It names the browser's tab, and takes the focus where no field does. */
import { type ReactNode, useEffect, useRef } from 'react';
import { pageMeta } from '../page-meta.ts';
import { t } from '../texts.tsx';

interface HeadingProps {
  readonly children: string;
  /** Whether the focus comes here when the step is shown. Steps with a field give it to the field. */
  readonly focus?: boolean;
  readonly id?: string;
  /** Inside a dialog the page keeps its own name. */
  readonly inner?: boolean;
}

export function Heading({ children, focus = false, id, inner = false }: HeadingProps): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!inner) document.title = t('app.title', { heading: children, service: pageMeta.service });
  }, [children, inner]);
  useEffect(() => {
    if (focus) heading.current?.focus({ preventScroll: true });
  }, [focus]);
  const Tag = inner ? 'h2' : 'h1';
  return (
    <Tag ref={heading} id={id} tabIndex={-1} className="heading">
      {children}
    </Tag>
  );
}
