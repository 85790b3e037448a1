/** Says where this page cannot do its work: browsers give keys, camera and push to https pages only, and to localhost. */
import type { ReactNode } from 'react';
import { t } from '../texts.tsx';
import { Notice } from '../ui/notice.tsx';

/** Whether the browser gives this page what it needs at all. */
export const isSecure = window.isSecureContext && 'subtle' in crypto;

const onThisMachine = /^(localhost|127\.0\.0\.1|\[::1\])$|\.localhost$/.test(window.location.hostname);

export function PlaceNotice(): ReactNode {
  if (!isSecure) return <Notice tone="fault">{t('place.no-https', { host: window.location.host })}</Notice>;
  if (onThisMachine) return <Notice tone="plain">{t('place.localhost')}</Notice>;
  return null;
}
