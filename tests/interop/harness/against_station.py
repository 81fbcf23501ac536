"""ladestrom-station with a central system that a strict library speaks for, in this order."""
import station_adversity as adversity
import station_calls as calls
import station_connections as connections
import station_sessions as sessions
import station_v2 as newer
import station_v16 as older


def scenarios(version):
    """Those of every version, and between them what is of this one alone."""
    of_16 = version == "1.6"
    return [
        connections.booting,
        sessions.plug_first, sessions.card_first, sessions.remote_session, sessions.authorized_remote_start,
        sessions.refused_cards, sessions.connection_timeout, sessions.readings,
        *([older.listing, older.unlock, older.diagnostics] if of_16 else
          [newer.variables, newer.reports, newer.unlock, newer.transaction_status, newer.events_of_a_session,
           newer.points_of_a_transaction]),
        calls.configuration, calls.availability, calls.triggers, calls.small_calls, calls.unsupported_calls,
        adversity.faults,
        connections.malformed_frames, connections.impatient_backend,
        calls.resets,
        *([] if of_16 else [newer.reset_on_idle, newer.reset_of_one_evse]),
        *([newer.reset_and_resume] if version == "2.1" else []),
        adversity.offline_session, adversity.unanswered_start, adversity.station_killed_resumes,
        adversity.station_killed_closes,
        *([] if of_16 else [newer.numbering]),
        connections.new_password, connections.closed_doors, connections.changed_version,
    ]
