"""Role-plays: scripts, calls, turns, exchanges with an LLM, marks, calibration.

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-22 04:18:49.054535

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():

    op.create_table(
        "llm_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("base_url", sa.String(length=300), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("hosts", sa.String(length=1000), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_llm_settings")),
    )
    op.create_table(
        "scenarios",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("loaded_digest", sa.String(length=64), nullable=True),
        sa.Column("newest_id", sa.Integer(), nullable=True),
        sa.Column("live_id", sa.Integer(), nullable=True),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["live_id"], ["scenario_versions.id"], name=op.f("fk_scenarios_live_id_scenario_versions"), use_alter=True
        ),
        sa.ForeignKeyConstraint(
            ["newest_id"],
            ["scenario_versions.id"],
            name=op.f("fk_scenarios_newest_id_scenario_versions"),
            use_alter=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenarios")),
        sa.UniqueConstraint("code", name=op.f("uq_scenarios_code")),
    )
    op.create_table(
        "scenario_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scenario_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comment", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_scenario_versions_author_id_people")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["people.id"], name=op.f("fk_scenario_versions_reviewer_id_people")),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenarios.id"], name=op.f("fk_scenario_versions_scenario_id_scenarios")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario_versions")),
        sa.UniqueConstraint("scenario_id", "number", name=op.f("uq_scenario_versions_scenario_id_number")),
    )
    with op.batch_alter_table("scenario_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scenario_versions_scenario_id"), ["scenario_id"], unique=False)

    op.create_table(
        "benchmarks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("scenario_version_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("transcript", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("levels", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("reasons", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("critical", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["scenario_version_id"],
            ["scenario_versions.id"],
            name=op.f("fk_benchmarks_scenario_version_id_scenario_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmarks")),
        sa.UniqueConstraint("code", name=op.f("uq_benchmarks_code")),
    )
    op.create_table(
        "benchmark_sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("benchmark_id", sa.Integer(), nullable=False),
        sa.Column("examiner_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("gate", sa.Boolean(), nullable=False),
        sa.Column("levels", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("critical", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["benchmark_id"], ["benchmarks.id"], name=op.f("fk_benchmark_sheets_benchmark_id_benchmarks")
        ),
        sa.ForeignKeyConstraint(["examiner_id"], ["people.id"], name=op.f("fk_benchmark_sheets_examiner_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark_sheets")),
        sa.UniqueConstraint(
            "benchmark_id", "examiner_id", "round", name=op.f("uq_benchmark_sheets_benchmark_id_examiner_id_round")
        ),
    )
    with op.batch_alter_table("benchmark_sheets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_benchmark_sheets_examiner_id"), ["examiner_id"], unique=False)

    op.create_table(
        "calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("scenario_version_id", sa.Integer(), nullable=False),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("script_sha256", sa.String(length=64), nullable=False),
        sa.Column("rubric_sha256", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("customer", sa.String(length=10), nullable=False),
        sa.Column("hand", sa.String(length=10), nullable=False),
        sa.Column("examiner_id", sa.Integer(), nullable=True),
        sa.Column("call_number", sa.String(length=12), nullable=False),
        sa.Column("alias", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("engine", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("engine_sha256", sa.String(length=64), nullable=True),
        sa.Column("due", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("mixed", sa.Boolean(), nullable=False),
        sa.Column("turns_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rang_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_turn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end", sa.String(length=20), nullable=True),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("points", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_calls_attempt_id_attempts")),
        sa.ForeignKeyConstraint(["examiner_id"], ["people.id"], name=op.f("fk_calls_examiner_id_people")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_calls_person_id_people")),
        sa.ForeignKeyConstraint(
            ["scenario_version_id"],
            ["scenario_versions.id"],
            name=op.f("fk_calls_scenario_version_id_scenario_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("attempt_id", "position", name=op.f("uq_calls_attempt_id_position")),
        sa.UniqueConstraint("call_number", name=op.f("uq_calls_call_number")),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calls_attempt_id"), ["attempt_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_calls_examiner_id"), ["examiner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_calls_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_calls_state", ["state", "customer"], unique=False)
        batch_op.create_index(
            "uq_calls_one_going_on",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("state != 'ended'"),
            postgresql_where=sa.text("state != 'ended'"),
        )

    op.create_table(
        "call_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_notes_call_id_calls")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_call_notes_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_notes")),
    )
    with op.batch_alter_table("call_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_notes_call_id"), ["call_id"], unique=False)

    op.create_table(
        "call_tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("lease_holder_id", sa.Integer(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_tasks_call_id_calls")),
        sa.ForeignKeyConstraint(["lease_holder_id"], ["people.id"], name=op.f("fk_call_tasks_lease_holder_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_tasks")),
        sa.UniqueConstraint("call_id", "lease_holder_id", name=op.f("uq_call_tasks_call_id_lease_holder_id")),
        sa.UniqueConstraint("call_id", "round", name=op.f("uq_call_tasks_call_id_round")),
    )
    with op.batch_alter_table("call_tasks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_tasks_call_id"), ["call_id"], unique=False)
        batch_op.create_index("ix_call_tasks_queue", ["state", "due_at"], unique=False)

    op.create_table(
        "llm_exchanges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=6), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("model_asked", sa.String(length=120), nullable=False),
        sa.Column("model_answered", sa.String(length=120), nullable=True),
        sa.Column("prompt", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("prompt_sha256", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("finish_reason", sa.String(length=20), nullable=True),
        sa.Column("fingerprint", sa.String(length=60), nullable=True),
        sa.Column("tokens_in", sa.Integer(), nullable=True),
        sa.Column("tokens_out", sa.Integer(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("guards", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("refused", sa.String(length=120), nullable=True),
        sa.Column("fallback", sa.String(length=40), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_llm_exchanges_call_id_calls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_llm_exchanges")),
    )
    with op.batch_alter_table("llm_exchanges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_llm_exchanges_call_id"), ["call_id"], unique=False)

    op.create_table(
        "turns",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("speaker", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("beat", sa.String(length=60), nullable=True),
        sa.Column("emotion", sa.Integer(), nullable=True),
        sa.Column("revealed", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_turns_call_id_calls")),
        sa.PrimaryKeyConstraint("call_id", "seq", name=op.f("pk_turns")),
        sa.UniqueConstraint("call_id", "message_id", name=op.f("uq_turns_call_id_message_id")),
    )
    op.create_table(
        "call_sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("marker_id", sa.Integer(), nullable=False),
        sa.Column("levels", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("pins", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("comments", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("critical", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("overall", sa.String(length=12), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["marker_id"], ["people.id"], name=op.f("fk_call_sheets_marker_id_people")),
        sa.ForeignKeyConstraint(["task_id"], ["call_tasks.id"], name=op.f("fk_call_sheets_task_id_call_tasks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_sheets")),
        sa.UniqueConstraint("task_id", "marker_id", name=op.f("uq_call_sheets_task_id_marker_id")),
    )
    with op.batch_alter_table("call_sheets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_sheets_marker_id"), ["marker_id"], unique=False)

    # Tables that point at each other: SQLite wrote these keys with its tables, other databases take them now.
    if op.get_bind().dialect.name != "sqlite":
        for column in ("live_id", "newest_id"):
            name = f"fk_scenarios_{column}_scenario_versions"
            op.create_foreign_key(name, "scenarios", "scenario_versions", [column], ["id"])


def downgrade():
    if op.get_bind().dialect.name != "sqlite":
        for column in ("live_id", "newest_id"):
            op.drop_constraint(f"fk_scenarios_{column}_scenario_versions", "scenarios", type_="foreignkey")

    with op.batch_alter_table("call_sheets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_sheets_marker_id"))

    op.drop_table("call_sheets")
    op.drop_table("turns")
    with op.batch_alter_table("llm_exchanges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_llm_exchanges_call_id"))

    op.drop_table("llm_exchanges")
    with op.batch_alter_table("call_tasks", schema=None) as batch_op:
        batch_op.drop_index("ix_call_tasks_queue")
        batch_op.drop_index(batch_op.f("ix_call_tasks_call_id"))

    op.drop_table("call_tasks")
    with op.batch_alter_table("call_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_notes_call_id"))

    op.drop_table("call_notes")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_calls_one_going_on",
            sqlite_where=sa.text("state != 'ended'"),
            postgresql_where=sa.text("state != 'ended'"),
        )
        batch_op.drop_index("ix_calls_state")
        batch_op.drop_index(batch_op.f("ix_calls_person_id"))
        batch_op.drop_index(batch_op.f("ix_calls_examiner_id"))
        batch_op.drop_index(batch_op.f("ix_calls_attempt_id"))

    op.drop_table("calls")
    with op.batch_alter_table("benchmark_sheets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_benchmark_sheets_examiner_id"))

    op.drop_table("benchmark_sheets")
    op.drop_table("benchmarks")
    with op.batch_alter_table("scenario_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scenario_versions_scenario_id"))

    op.drop_table("scenario_versions")
    op.drop_table("scenarios")
    op.drop_table("llm_settings")
