"""What faces are drawn with: the canonical plane, bumps, furrows, smooth noise."""
