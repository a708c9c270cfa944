# What coturn may tell: byte counts, refusals by kind, and how it started. Everything else, with user names and addresses
# of clients and peers, is dropped here. Words of a client never pass: each kept line is written anew.

# A line of nothing, which only overwrites what was read before it: sed has two buffers, and swaps them when it puts in.
/^ *$/{
  s/^.*$/&/
  s/^.*$/&/
  d
}

# Figures, when an allocation is closed and every few thousand packets: packets and bytes, received and sent.
s/^[0-9]+: : session [0-9]+: (usage|peer usage): realm=<.*>, username=<.*>, (rp=[0-9]+, rb=[0-9]+, sp=[0-9]+, sb=[0-9]+)$/\1: \2/p
t

# Refusals, by kind. 401 and 438 answer each first request and are no refusal.
/: incoming packet .* processed, error (401|438): /d
s/^.*: incoming packet ([A-Z_]+) processed, error ([0-9]{3}): .*$/refused: \1 \2/p
s/^.*ERROR: check_stun_auth: .*$/refused: unknown or expired credential/p
s/^.*ERROR: A peer IP .* denied in the range: .*$/refused: peer address in a denied range/p
t

# Starting: until it serves, so that no later line, whatever it quotes, can look like one of these.
0,/IO method \(admin thread\)/{
  s/^[0-9]+: : ((Listener address|Relay address) to use: .*|Total General servers: .*)$/starting: \1/p
  s/^[0-9]+: : (.*(CONFIG|ERROR|WARNING|FATAL|[Cc]annot|[Bb]ad ).*)$/starting: \1/p
  s/^(Version Coturn.*|turnserver: .*)$/starting: \1/p
}
