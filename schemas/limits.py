"""Every limit of the contracts, in one place. Sizes are characters unless the name says bytes."""

VALUE_BYTES_MAX = 64 * 1024
HEADERS_MAX = 32
HEADER_BYTES_MAX = 1024
MOVE_HEADER_BYTES_MAX = 32 * 1024
"""Of the header that a worker writes: two clocks with all that moved them."""

IDENTIFIER_MAX = 64
NAME_MAX = 64
PHONE_MAX = 24
ADDRESS_MAX = 200
CATEGORY_MAX = 120
TEXT_MAX = 2_000
NOTE_MAX = 500
ALLOWED_MAX = 200
FIELD_MAX = 120
FAULTS_MAX = 64
FAULTS_TOLD_MAX = 10
"""So many faults of one message its sender is told at once."""

LEFT_OUT_MAX = 32
"""So many fields that were left out of a report are noted on its case."""

RECOGNISED_WORDS_MAX = 5
"""So many words of a text are told of what it was taken for."""
RECOGNISED_WORD_MAX = 40
PROPOSAL_MAX = 10

GEOCODE_WORDS_MAX = 12
GEOCODE_RADIUS_M_MAX = 100_000

EVIDENCE_MAX = 20
EVIDENCE_PER_CASE_MAX = 200
OFFICERS_MAX = 20
COVERED_MATTERS_MAX = 100
ABSENCES_MAX = 500
SWAPS_MAX = 500
CALL_OUTS_MAX = 500
LOANS_MAX = 200
CERTIFICATES_MAX = 500
DEVICES_MAX = 500
DEVICE_SPELLS_MAX = 100
DUTY_ACTIONS_MAX = 500
"""So many actions about the people and devices of a street are known again when they are sent again."""
HANDLERS_MAX = 200
TEAMS_MAX = 20
PARTNERS_MAX = 10
REPORTS_PER_CASE_MAX = 500
REPORTS_MERGED_MAX = 200
REPORTS_MERGED_EVIDENCE_MAX = 400
JOINED_PER_CASE_MAX = 10
UPDATES_PER_REPORT_MAX = 20
"""So often a report is pushed again with something else; whoever has more to say reports it under a new number."""
UPDATES_PER_CASE_MAX = 200
UPDATE_PARTS_MAX = 8
ACTIONS_PER_CASE_MAX = 500
ANSWERS_PER_CASE_MAX = 10
DEMERITS_PER_CASE_MAX = 32
"""So many answers of its legs a case remembers; its journal has all."""
EVENTS_PER_ENTRY_MAX = 16
CLOCKS_PER_CASE_MAX = 128  # of its steps, its stages, the law, and three for each department that ever came
TIMERS_PER_CASE_MAX = 8
REQUESTS_PER_CASE_MAX = 12
"""So many requests are open at most, one of each kind."""
SUSPECTS_PER_CASE_MAX = 4
"""So many others are suspected at a time to be one with a case: when it ends they all lapse in one entry."""
PENALTY_STEPS_MAX = 192  # each once, the instalments, and what comes again
INSTALMENTS_MAX = 16
PENALTY_KINDS_MAX = 12
MEASURES_MAX = 16
CORRECTIONS_MAX = 8
INSTEADS_MAX = 8
MEASURE_STEPS_MAX = 16
YUAN_MAX = 100_000_000
CLOCK_MOVES_MAX = 64
MOVES_PER_CASE_MAX = 8
"""Through so many other streets a case may have come."""
STAGES_PER_MATTER_MAX = 10
CLOCKS_PER_ENTRY_MAX = CLOCKS_PER_CASE_MAX
CALLERS_PER_ASSIGNMENT_MAX = REPORTS_PER_CASE_MAX * (1 + JOINED_PER_CASE_MAX)

COMBINING_MARKS_MAX = 2
YEAR_MIN, YEAR_MAX = 2000, 2100
