/** What we use of the npm package `smpp` 0.5.1, which brings no types. */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server as NetServer } from 'node:net';
  import type { ConnectionOptions, TlsOptions } from 'node:tls';

  /** Text with its header as the package decodes it; bytes where it knows no alphabet for them. */
  interface Decoded {
    readonly udh?: readonly Buffer[];
    readonly message: string | Buffer;
  }

  /** Fields of a unit by name: mandatory ones and TLVs. */
  interface Fields {
    command_status?: number;
    sequence_number?: number;
    system_id?: string;
    password?: string;
    system_type?: string;
    interface_version?: number;
    addr_ton?: number;
    addr_npi?: number;
    address_range?: string;
    service_type?: string;
    source_addr_ton?: number;
    source_addr_npi?: number;
    source_addr?: string;
    dest_addr_ton?: number;
    dest_addr_npi?: number;
    destination_addr?: string;
    esm_class?: number;
    registered_delivery?: number;
    data_coding?: number;
    validity_period?: string | Date;
    short_message?: Buffer | string | Decoded;
    message_payload?: Buffer | string | Decoded;
    message_id?: string;
    receipted_message_id?: string;
    message_state?: number;
  }

  /** A protocol data unit (SMPP 3.4 §3.2). */
  export interface Unit extends Fields {
    readonly command: string;
    readonly command_id: number;
    command_status: number;
    sequence_number: number;
    isResponse(): boolean;
    /** The answer to this unit; throws where its command has none. */
    response(fields?: Fields): Unit;
  }

  /** One end of a connection. Emits `pdu`, `close`, `error`, `connect`, `secureConnect`. */
  export interface Session extends EventEmitter {
    /** Gives a request its sequence number; false where the connection can take nothing any more. */
    send(unit: Unit, answered?: (answer: Unit) => void): boolean;
    destroy(): void;
    close(): void;
  }

  type SessionOptions = ConnectionOptions & { tls: boolean; noDelay?: boolean };

  interface Package {
    connect(options: SessionOptions): Session;
    createServer(options: TlsOptions, listener: (session: Session) => void): NetServer;
    readonly PDU: new (command: string, fields?: Fields) => Unit;
    /** Names of `command_status` with their values (§5.1.3). */
    readonly errors: Readonly<Record<string, number>>;
    readonly encodings: { readonly ASCII: { encode(text: string): Buffer } };
  }

  const smpp: Package;
  export default smpp;
}
