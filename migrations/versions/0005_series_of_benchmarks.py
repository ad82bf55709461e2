"""Benchmark calls belong to series: a retry of the gate asks for another.

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-22 07:31:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("benchmarks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("series", sa.Integer(), nullable=False, server_default="1"))


def downgrade():
    with op.batch_alter_table("benchmarks", schema=None) as batch_op:
        batch_op.drop_column("series")
