#!/usr/bin/perl
# A message centre (SMSC) on Debian's libnet-smpp-perl, an implementation of SMPP 3.4 that is not ours.
# It prints what happens as one JSON object a line, and does what such lines on its standard input say.
use strict;
use warnings;
use Encode ();
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use Net::SMPP;

my %account = (system_id => 'secondlock', password => 's3cret');
my $json = JSON::PP->new->canonical;
my $mode = 'take';         # take, hang, or a command_status to refuse with
my $receipts = '';         # '', text, tlv, text-first: a receipt at once, the last one before the answer
my $ids = 'plain';         # plain, hex: answers in hexadecimal and receipts in decimal
my $count = 0x0a00;
my %parts;
my %addresses;            # by id: whom a message went to, and from whom

$| = 1;
$SIG{PIPE} = 'IGNORE';
$SIG{__WARN__} = sub { };

sub say_that { print $json->encode({@_}), "\n" }

my $listener = Net::SMPP->new_listen('127.0.0.1', port => $ARGV[0] // 0, listen => 50) or die "cannot listen: $!";
my $readers = IO::Select->new($listener, \*STDIN);
my %bound;
say_that(event => 'listening', port => $listener->sockport);

sub forget {
    my ($client) = @_;
    $readers->remove($client);
    delete $bound{fileno $client};
    close $client;
    say_that(event => 'gone');
}

# The text of one segment as a handset would show it, decoded by Perl. Handsets read pairs of surrogates in UCS-2.
sub text_of {
    my ($coding, $bytes) = @_;
    return Encode::decode('UTF-16BE', $bytes) if $coding == 8;
    return Encode::decode('gsm0338', $bytes);
}

# A message is whole when every part of its number has come.
sub take {
    my ($pdu, $id) = @_;
    my $bytes = length $pdu->{short_message} ? $pdu->{short_message} : ($pdu->{message_payload} // '');
    my @fields = map { $_ => $pdu->{$_} } qw(source_addr source_addr_ton source_addr_npi destination_addr
        dest_addr_ton dest_addr_npi esm_class data_coding validity_period registered_delivery);
    my $length = length $bytes;
    my $of = 1;
    my @segments = ($bytes);
    if ($pdu->{esm_class} & 0x40) {
        my ($header, $element, $size, $number, $total, $index) = unpack 'C6', $bytes;
        die "not a concatenated message" unless $header == 5 && $element == 0 && $size == 3;
        my $key = "$pdu->{destination_addr} $number";
        $parts{$key}[$index - 1] = substr $bytes, 6;
        my @there = grep { defined } @{ $parts{$key} };
        say_that(event => 'part', index => $index, of => $total, length => $length, id => $id);
        return if @there < $total;
        $of = $total;
        delete $parts{$key};
        @segments = @there;
        $bytes = join '', @segments;
    }
    # Handsets decode each segment by itself: what was torn apart stays so.
    my $text = join '', map { text_of($pdu->{data_coding}, $_) } @segments;
    say_that(event => 'message', @fields, id => $id, parts => $of, length => $length,
        hex => unpack('H*', $bytes), text => $text);
}

my %states = (DELIVRD => 2, EXPIRED => 3, UNDELIV => 5, ACCEPTD => 6, REJECTD => 8);

# The text form of appendix B, or the TLVs of section 5.3.2.
sub receipt {
    my ($client, $id, $form, $stat) = @_;
    my $written = $ids eq 'hex' ? hex $id : $id;
    my $text = "id:$written sub:001 dlvrd:001 submit date:2611220314 done date:2611220315 stat:$stat err:0"
        . ($stat eq 'DELIVRD' ? '00' : '11') . ' text:Your code';
    my @form = $form eq 'tlv'
        ? (short_message => '', receipted_message_id => "$id\0", message_state => pack('C', $states{$stat}))
        : (short_message => $text);
    my ($to, $from) = @{ $addresses{$id} // ['491510000000', 'Acme'] };
    $client->deliver_sm(async => 1, source_addr => $to, source_addr_ton => 1, source_addr_npi => 1,
        destination_addr => $from, esm_class => 0x04, @form);
}

sub serve {
    my ($client) = @_;
    my $pdu = $client->read_pdu or return forget($client);
    my $cmd = $pdu->{cmd};
    my $seq = $pdu->{seq};
    if ($cmd == 0x09 || $cmd == 0x02 || $cmd == 0x01) {
        my $good = $pdu->{system_id} eq $account{system_id} && $pdu->{password} eq $account{password};
        my %answer = (seq => $seq, system_id => 'smsc', status => $good ? 0 : 0x0e);
        $cmd == 0x09 ? $client->bind_transceiver_resp(%answer)
            : $cmd == 0x02 ? $client->bind_transmitter_resp(%answer)
            : $client->bind_receiver_resp(%answer);
        $bound{fileno $client} = $client if $good;
        say_that(event => $good ? 'bound' : 'refused', cmd => $cmd, map { $_ => $pdu->{$_} } qw(system_type interface_version));
    } elsif ($cmd == 0x04) {
        return say_that(event => 'unanswered') if $mode eq 'hang';
        return $client->submit_sm_resp(seq => $seq, message_id => '', status => $mode) if $mode =~ /^\d+$/;
        my $id = $ids eq 'hex' ? sprintf '%08X', ++$count : sprintf 'id_%d', ++$count;
        $addresses{$id} = [@$pdu{qw(destination_addr source_addr)}];
        receipt($client, $id, 'text', 'DELIVRD') if $receipts eq 'text-first';
        $client->submit_sm_resp(seq => $seq, message_id => $id);
        take($pdu, $id);
        receipt($client, $id, $receipts, 'DELIVRD') if $receipts =~ /^(text|tlv)$/;
    } elsif ($cmd == 0x15) {
        say_that(event => 'enquired');
        $client->enquire_link_resp(seq => $seq) unless $mode eq 'hang';
    } elsif ($cmd == 0x06) {
        $client->unbind_resp(seq => $seq);
        say_that(event => 'unbound');
    } elsif ($cmd & 0x80000000) {
        say_that(event => 'answer', cmd => $cmd & 0x7fffffff, seq => $seq, status => $pdu->{status});
    } else {
        $client->generic_nack(seq => $seq, status => 3);
    }
}

sub obey {
    my ($order) = @_;
    my $do = $order->{do};
    my @clients = values %bound;
    if ($do eq 'mode') { $mode = $order->{mode} }
    elsif ($do eq 'receipts') { $receipts = $order->{form} }
    elsif ($do eq 'ids') { $ids = $order->{ids} }
    elsif ($do eq 'drop') { forget($_) for @clients }
    elsif ($do eq 'send') { $_->syswrite(pack 'H*', $order->{hex}) for @clients }
    elsif ($do eq 'receipt') { receipt($_, @$order{qw(id form stat)}) for @clients }
    elsif ($do eq 'deliver') {
        $_->deliver_sm(async => 1, source_addr => '491510000000', destination_addr => 'Acme',
            esm_class => $order->{esm_class}, short_message => $order->{text}) for @clients;
    }
    elsif ($do eq 'enquire') { $_->enquire_link(async => 1) for @clients }
    elsif ($do eq 'unbind') { $_->unbind(async => 1) for @clients }
    else { die "what is $do?" }
    say_that(event => 'done', do => $do);
}

# Orders are read by bytes: a buffered line would hide from select.
my $orders = '';
while (1) {
    for my $ready ($readers->can_read) {
        if ($ready == $listener) {
            my $client = $listener->accept or next;
            $readers->add($client);
        } elsif ($ready == \*STDIN) {
            # Whoever started it is gone.
            exit 0 unless sysread STDIN, $orders, 65536, length $orders;
            obey($json->decode($1)) while $orders =~ s/^(.*)\n//;
        } elsif ($ready->opened) {
            serve($ready);
        }
    }
}
