"""A script is kept once for all calls that were begun with it.

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-23 08:10:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FOREIGN_KEY = "fk_calls_script_sha256_call_scripts"


def upgrade():
    op.create_table(
        "call_scripts",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_call_scripts")),
    )
    op.execute("INSERT INTO call_scripts SELECT script_sha256, min(script) FROM calls GROUP BY script_sha256")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_column("script")
        batch_op.create_foreign_key(batch_op.f(FOREIGN_KEY), "call_scripts", ["script_sha256"], ["sha256"])


def downgrade():
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(FOREIGN_KEY), type_="foreignkey")
        batch_op.add_column(sa.Column("script", sa.Text(), nullable=True))
    op.execute("UPDATE calls SET script = (SELECT body FROM call_scripts WHERE sha256 = script_sha256)")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.alter_column("script", nullable=False, existing_type=sa.Text())
    op.drop_table("call_scripts")
