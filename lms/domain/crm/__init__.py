"""The simulated CRM 坐席工作台: an operator's invented customers, each a pure function of a seed and a number."""
