"""Proposals for examiners; hidden benchmarks, whose copies are calls of nobody.

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-22 07:17:58.157372

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():

    op.create_table(
        "benchmark_copies",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("benchmark_id", sa.Integer(), nullable=False),
        sa.Column("examiner_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["benchmark_id"], ["benchmarks.id"], name=op.f("fk_benchmark_copies_benchmark_id_benchmarks")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_benchmark_copies_call_id_calls")),
        sa.ForeignKeyConstraint(["examiner_id"], ["people.id"], name=op.f("fk_benchmark_copies_examiner_id_people")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_benchmark_copies")),
        sa.UniqueConstraint(
            "benchmark_id", "examiner_id", name=op.f("uq_benchmark_copies_benchmark_id_examiner_id")
        ),
    )
    with op.batch_alter_table("benchmark_copies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_benchmark_copies_examiner_id"), ["examiner_id"], unique=False)

    op.create_table(
        "call_proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("model_asked", sa.String(length=120), nullable=False),
        sa.Column("model_answered", sa.String(length=120), nullable=True),
        sa.Column("prompt", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("prompt_sha256", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("tokens_in", sa.Integer(), nullable=True),
        sa.Column("tokens_out", sa.Integer(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("checks", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("refused", sa.String(length=120), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_proposals_call_id_calls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_proposals")),
        sa.UniqueConstraint("call_id", name=op.f("uq_call_proposals_call_id")),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.alter_column("person_id", existing_type=sa.INTEGER(), nullable=True)

    with op.batch_alter_table("llm_settings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proposals", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade():
    with op.batch_alter_table("llm_settings", schema=None) as batch_op:
        batch_op.drop_column("proposals")

    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.alter_column("person_id", existing_type=sa.INTEGER(), nullable=False)

    op.drop_table("call_proposals")
    with op.batch_alter_table("benchmark_copies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_benchmark_copies_examiner_id"))

    op.drop_table("benchmark_copies")
