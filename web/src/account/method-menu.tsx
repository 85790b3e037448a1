/** What can be done with one way. */
import type { ReactNode } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { go } from '../navigation.tsx';
import { t } from '../texts.tsx';
import type { Factor } from './data.ts';
import { useMethodChange } from './method-change.ts';
import type { MethodTask } from './method-dialog.tsx';

interface MethodMenuProps {
  readonly factor: Factor;
  readonly label: string;
  readonly several: boolean;
  /** Whether there is another way to prove who reports it lost. */
  readonly canLose: boolean;
  readonly onTask: (task: MethodTask) => void;
}

export function MethodMenu({ factor, label, several, canLose, onTask }: MethodMenuProps): ReactNode {
  const { prefer, keep } = useMethodChange();
  const active = factor.state === 'active';
  const act = (key: string | number) => {
    if (key === 'prefer') void prefer(factor);
    else if (key === 'keep') void keep(factor);
    else if (key === 'resynchronise') go(`/account/resynchronise?factor=${encodeURIComponent(factor.id)}`);
    else onTask({ what: key as MethodTask['what'], factor, label });
  };
  return (
    <MenuTrigger>
      <Button className="button button-plain button-more" aria-label={t('methods.actions', { label })}>
        <span aria-hidden="true">⋯</span>
      </Button>
      <Popover className="menu-popover" placement="bottom end">
        <Menu className="menu" onAction={act}>
          <MenuItem className="menu-item" id="rename">
            {t('methods.rename')}
          </MenuItem>
          {active && several && !factor.preferred && (
            <MenuItem className="menu-item" id="prefer">
              {t('methods.prefer')}
            </MenuItem>
          )}
          {active && factor.asked === false && (
            <MenuItem className="menu-item" id="keep">
              {t('methods.keep')}
            </MenuItem>
          )}
          {active && factor.serial !== undefined && (
            <MenuItem className="menu-item" id="resynchronise">
              {t('methods.resynchronise')}
            </MenuItem>
          )}
          {active && canLose && (
            <MenuItem className="menu-item" id="lost">
              {t('methods.report-lost')}
            </MenuItem>
          )}
          <MenuItem className="menu-item menu-item-bad" id="remove">
            {t('methods.remove')}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
