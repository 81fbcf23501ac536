"""ladestrom-csms with a station that a strict library speaks for, in this order."""
import csms_connections as connections
import csms_messages as messages
import csms_sessions as sessions

SCENARIOS = [
    messages.booting, messages.odd_identity,
    sessions.whole_session, sessions.remote_session, sessions.refused_cards, sessions.replays,
    sessions.queued_session, sessions.unknown_transaction,
    messages.every_value, messages.notifications, messages.every_call, messages.failing_calls,
    messages.both_directions,
    connections.impatient_station, connections.refused_connections, connections.newest_socket,
    connections.admission, connections.malformed_frames,
    sessions.central_system_killed,
]
