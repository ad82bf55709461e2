"""Drills: worlds, sets, runs, journals.

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-22 04:11:16.933004

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():

    op.create_table(
        "crm_worlds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_worlds")),
        sa.UniqueConstraint("seed", "size", "digest", name=op.f("uq_crm_worlds_seed_size_digest")),
    )
    op.create_table(
        "crm_terms",
        sa.Column("world_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=1), nullable=False),
        sa.Column(
            "term", sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("customer", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["world_id"], ["crm_worlds.id"], name=op.f("fk_crm_terms_world_id_crm_worlds")),
        sa.PrimaryKeyConstraint("world_id", "kind", "term", "customer", name=op.f("pk_crm_terms")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "drill_sets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("world_id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("factor", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_drill_sets_attempt_id_attempts")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_drill_sets_person_id_people")),
        sa.ForeignKeyConstraint(["world_id"], ["crm_worlds.id"], name=op.f("fk_drill_sets_world_id_crm_worlds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_sets")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_drill_sets_attempt_id")),
    )
    with op.batch_alter_table("drill_sets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drill_sets_person_id"), ["person_id"], unique=False)

    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("skill", sa.String(length=40), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("task_sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_seconds", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=12), nullable=True),
        sa.Column("score", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("points", sa.String(length=60), nullable=True),
        sa.Column("counted", sa.Boolean(), nullable=True),
        sa.Column("errors", sa.Integer(), nullable=True),
        sa.Column("critical", sa.Boolean(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_runs_person_id_people")),
        sa.ForeignKeyConstraint(["set_id"], ["drill_sets.id"], name=op.f("fk_runs_set_id_drill_sets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint("set_id", "position", name=op.f("uq_runs_set_id_position")),
    )
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_runs_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_runs_set_id"), ["set_id"], unique=False)
        batch_op.create_index("ix_runs_state_ends", ["state", "ends_at"], unique=False)
        batch_op.create_index("ix_runs_template", ["template", "ended_at"], unique=False)
        batch_op.create_index(
            "uq_runs_one_open",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "run_actions",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("op_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("lag_ms", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_actions_run_id_runs")),
        sa.PrimaryKeyConstraint("run_id", "seq", name=op.f("pk_run_actions")),
        sa.UniqueConstraint("run_id", "op_id", name=op.f("uq_run_actions_run_id_op_id")),
    )
    op.create_table(
        "waived_errors",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_waived_errors_by_people")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_waived_errors_run_id_runs")),
        sa.PrimaryKeyConstraint("run_id", "error", name=op.f("pk_waived_errors")),
    )
    with op.batch_alter_table("blueprints", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=10), server_default="exam", nullable=False))


def downgrade():

    with op.batch_alter_table("blueprints", schema=None) as batch_op:
        batch_op.drop_column("kind")

    op.drop_table("waived_errors")
    op.drop_table("run_actions")
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_runs_one_open", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )
        batch_op.drop_index("ix_runs_template")
        batch_op.drop_index("ix_runs_state_ends")
        batch_op.drop_index(batch_op.f("ix_runs_set_id"))
        batch_op.drop_index(batch_op.f("ix_runs_person_id"))

    op.drop_table("runs")
    with op.batch_alter_table("drill_sets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drill_sets_person_id"))

    op.drop_table("drill_sets")
    op.drop_table("crm_terms")
    op.drop_table("crm_worlds")
