"""ladestrom-station with a central system that a strict library speaks for, in this order."""
import station_adversity as adversity
import station_calls as calls
import station_connections as connections
import station_sessions as sessions

SCENARIOS = [
    connections.booting,
    sessions.plug_first, sessions.card_first, sessions.remote_session, sessions.authorized_remote_start,
    sessions.refused_cards, sessions.connection_timeout, sessions.readings,
    calls.configuration, calls.availability, calls.unlock, calls.triggers, calls.small_calls,
    calls.unsupported_calls,
    adversity.faults,
    connections.malformed_frames, connections.impatient_backend,
    calls.resets,
    adversity.offline_session, adversity.unanswered_start, adversity.station_killed_resumes,
    adversity.station_killed_closes,
    connections.new_password, connections.closed_doors,
]
