/** `credentials`: address and password at once, as password managers fill them, or a passkey in place of both. */
import { type ReactNode, useEffect, useId } from 'react';
import { Link } from '../../navigation.tsx';
import { pageMeta } from '../../page-meta.ts';
import { t } from '../../texts.tsx';
import { PasswordField } from '../../ui/field.tsx';
import { Heading } from '../../ui/heading.tsx';
import { AddressField } from '../address-field.tsx';
import { AnswerForm } from '../answer-form.tsx';
import { type FieldState, useField, useRefusedFocus } from '../field-state.ts';
import { ByPasskey } from '../passkey/by-passkey.tsx';
import { useFillIn } from '../passkey/fill-in.ts';
import { useCeremonies } from '../passkey/use-ceremony.ts';
import type { PromptProps } from './prompt-props.ts';

function Aside(): ReactNode {
  const { registration } = pageMeta;
  return (
    <div className="aside">
      <p>
        <Link to="/recovery">{t('sign-in.forgot')}</Link>
      </p>
      {registration === 'invited' && <p>{t('sign-in.invited')}</p>}
      {registration === 'open' && (
        <p>
          {t('sign-in.new-here')} <Link to="/registration">{t('sign-in.register')}</Link>
        </p>
      )}
    </div>
  );
}

interface PairProps {
  readonly address: FieldState;
  readonly password: FieldState;
  readonly faultId: string | undefined;
}

function Pair({ address, password, faultId }: PairProps): ReactNode {
  return (
    <>
      <AddressField field={address} faultId={faultId} passkeys />
      <PasswordField
        label={t('field.password')}
        value={password.value}
        onValue={password.set}
        input={password.input}
        fault={password.missing}
        faultId={faultId}
        name="password"
        autoComplete="current-password"
      />
    </>
  );
}

export function Credentials({ prompt, flow, inner }: PromptProps<'credentials'>): ReactNode {
  const fault = useId();
  const address = useField(flow.identifier);
  const password = useField();
  const keys = useCeremonies(flow, prompt.passkey, flow.prepare);
  useFillIn(flow, prompt.passkey, !keys.asking);
  useEffect(() => {
    const first = address.input.current?.value ? password.input : address.input;
    first.current?.focus({ preventScroll: true });
  }, [address.input, password.input]);
  useRefusedFocus(password.input, flow);
  const send = () => {
    keys.forget();
    // Both are looked at, so that both gaps are told; the focus ends at the first.
    const passwordThere = password.filled(t('field.empty.password'));
    const addressThere = address.filled(t('field.empty.identifier'));
    if (addressThere && passwordThere) {
      void flow.submit({ identifier: address.value.trim(), password: password.value });
    }
  };
  return (
    <>
      <Heading inner={inner}>{t('sign-in.title')}</Heading>
      <AnswerForm
        flow={flow}
        ask="credentials"
        id={fault}
        submit={t('sign-in.submit')}
        onSubmit={send}
        after={
          <>
            <ByPasskey flow={flow} keys={keys} />
            <Aside />
          </>
        }
      >
        <Pair address={address} password={password} faultId={flow.fault && !flow.fault.byKey ? fault : undefined} />
      </AnswerForm>
    </>
  );
}
